"""What happened to a stack, and when: the line that boards, reports and verdicts quote."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from capsize.stack.model import Note


@dataclass(frozen=True)
class Event:
    """Something that happened ``at`` seconds after the stack began to start."""

    at: float
    what: str
    who: str
    why: str = ""

    @property
    def service(self) -> str:
        """The service of the instance that it happened to."""
        return self.who.rpartition("-")[0]

    def __str__(self) -> str:
        return f"{self.at:7.2f} s  {self.who} {self.what}" + (f" ({self.why})" if self.why else "")

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": round(self.at, 3)}


class Timeline:
    """Events in order. Appending is safe from any thread; ``clock`` is monotonic, in seconds.

    A listener hears each event at once, in the thread that tells it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.began = clock()
        self.events: list[Event] = []
        self.listeners: list[Callable[[Event], object]] = []

    @property
    def seconds(self) -> float:
        return self.clock() - self.began

    def tell(self, who: str, what: str, why: str = "") -> Event:
        """Add an event that happens now."""
        event = Event(self.seconds, what, who, why)
        self.events.append(event)
        for listener in self.listeners:
            listener(event)
        return event

    def tell_notes(self, notes: Iterable[Note]) -> None:
        """Tell what the reader of the stack's file has noted, once for each text, with its lines."""
        places: dict[str, list[str]] = {}
        for note in notes:
            places.setdefault(note.text, []).append(f"{note.place.file.name}:{note.place.line}")
        for text, lines in places.items():
            self.tell("stack", text, ", ".join(dict.fromkeys(lines)))

    def told(self, what: str, *who: str) -> list[Event]:
        """List what happened of this kind, to these services or instances (``shop``, ``shop-1``) or to anybody."""
        return [e for e in list(self.events) if e.what == what and (not who or {e.who, e.service} & set(who))]

    def since(self, moment: float) -> list[Event]:
        """List the events at or after ``moment``, a reading of ``clock``."""
        return [event for event in list(self.events) if event.at + self.began >= moment - 0.001]
