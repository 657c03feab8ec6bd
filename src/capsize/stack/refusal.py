"""What a reader of a stack's file says when it will not read on: the line, the key, what was got, what would do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from capsize.errors import CapsizeError
from capsize.stack.model import Location

WIDEST = 60


class StackFileError(CapsizeError):
    """Refuse a Compose file or a manifest; ``key`` is a path such as ``spec.ports[0]``, or "" for the whole file."""

    def __init__(
        self, what: str, *, place: Location, key: str = "", expected: str | None = None, got: str | None = None
    ) -> None:
        super().__init__(f"{key}: {what}" if key else what, place=place, expected=expected, got=got)
        self.key = key


def shorten(text: str) -> str:
    """Quote a text on one line, cut to what a message can carry."""
    shown = text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
    return '"' + "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in shown) + '"'


def one_of(word: str, known: Iterable[str]) -> str:
    """List what would be accepted, and first of all what ``word`` was probably meant to be."""
    names = list(known)
    close = get_close_matches(word[:WIDEST], names, n=1) if word else []
    return (f"{close[0]}? Accepted: " if close else "one of ") + (", ".join(names) or "nothing")
