"""Where in an instance's log something happened: the log's size at each event, so that a reader can go there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from capsize.runtime.control.timeline import Event
from capsize.runtime.tracebacks import readable_lines

SPAN = 16 << 10  # bytes that are read before and after a moment
SAME = 0.002  # seconds: a timeline is rounded to milliseconds


class LogPlaces:
    """The places of a stack's events in its logs. ``log_of`` names the log of an instance, None where it has none."""

    def __init__(self, log_of: Callable[[str], Path | None]) -> None:
        self._log_of = log_of
        self._places: dict[str, list[tuple[float, int]]] = {}

    def note(self, event: Event) -> None:
        """Keep how long the log of whom it happened to is now."""
        log = self._log_of(event.who)
        with contextlib.suppress(OSError):
            if log is not None:
                self._places.setdefault(event.who, []).append((event.at, log.stat().st_size))

    def around(self, who: str, at: float, lines: int) -> list[str]:
        """Return what an instance wrote before and after its event at ``at`` seconds, with a line where that was.

        What it wrote first, where that was before anybody looked; nothing where its log is gone.
        """
        log = self._log_of(who)
        if log is None or not log.exists():
            return []
        place = next((place for when, place in self._places.get(who, ()) if abs(when - at) < SAME), None)
        with log.open("rb") as file:
            file.seek(max(0, (place or 0) - SPAN))
            before, after = file.read(min(place or 0, SPAN)), file.read(SPAN)
        mark = [f"──── {at:.1f} s ────"] if place is not None else []
        return [*readable_lines(before)[-(lines // 2) :], *mark, *readable_lines(after)[: lines // 2]]
