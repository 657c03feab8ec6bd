"""What a reader of a stack's file refuses: the line, the key, what would be accepted, all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import TypeVar

from capsize.errors import CapsizeError
from capsize.stack.model import Location, Note

WIDEST = 60
MOST = 20  # refusals that one error tells
T = TypeVar("T")


class StackFileError(CapsizeError):
    """Refuse a Compose file or a manifest; ``key`` is a path such as ``spec.ports[0]``, or "" for the whole file.

    ``all`` are the refusals that this error tells: itself, or several of one reading, in the order of their lines.
    """

    def __init__(
        self,
        what: str,
        *,
        place: Location,
        key: str = "",
        expected: str | None = None,
        got: str | None = None,
        evidence: Sequence[str] = (),
    ) -> None:
        super().__init__(f"{key}: {what}" if key else what, place=place, expected=expected, got=got, evidence=evidence)
        self.place: Location = place
        self.key, self.words = key, what
        self.all: tuple[StackFileError, ...] = (self,)


class Findings:
    """Takes in what is refused, so that a reader can go on to the next part and tell everything at the end.

    ``notes`` are what it has to tell of what it accepts.
    """

    def __init__(self) -> None:
        self.refused: list[StackFileError] = []
        self.notes: list[Note] = []

    def attempt(self, read: Callable[[], T], default: T) -> T:
        """Read a part; where it is refused, take that in and return the default."""
        try:
            return read()
        except StackFileError as error:
            self.refused += error.all
            return default

    def tell(self) -> None:
        """Raise what was taken in, as one error; return where nothing was."""
        if self.refused:
            raise together(self.refused)


def together(found: Iterable[StackFileError]) -> StackFileError:
    """Make one error of several, in the order of their lines; what is merged into several places counts once."""
    alone: dict[object, StackFileError] = {}
    for error in found:
        alone.setdefault((str(error.place), error.words, error.got), error)
    errors = sorted(alone.values(), key=lambda error: (str(error.place.file), error.place.line))
    if len(errors) == 1:
        return errors[0]
    lines = [line for error in errors[:MOST] for line in str(error).splitlines()]
    lines += [f"and {len(errors) - MOST} more"] if len(errors) > MOST else []
    whole = StackFileError(f"{len(errors)} things here are not accepted", place=errors[0].place, evidence=lines)
    whole.all = tuple(errors)
    return whole


def shorten(text: str) -> str:
    """Quote a text on one line, cut to what a message can carry."""
    shown = text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
    return '"' + "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in shown) + '"'


def one_of(word: str, known: Iterable[str]) -> str:
    """List what would be accepted, and first of all what ``word`` was probably meant to be."""
    names = list(known)
    close = get_close_matches(word[:WIDEST], names, n=1) if word else []
    return (f"{close[0]}? Accepted: " if close else "one of ") + (", ".join(names) or "nothing")
