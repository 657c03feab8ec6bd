"""A deck is one Markdown file: front matter, then slides with a heading, minutes and speaker notes.

Figures come from the lab's reports (figures.py), the slides of exercises from turn.py; how a deck looks and is served
is page.py's and server.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from capsize.course.exercises import Exercise
from capsize.errors import CapsizeError
from capsize.slides.figures import PLACEHOLDER, Figures
from capsize.slides.turn import exercise_of, turn_words

T = TypeVar("T")

_FENCE = re.compile(r"^\s*(```|~~~)")
_MINUTES = re.compile(r"<!--\s*minutes:\s*([\d.]+)\s*-->")
_EXERCISE = re.compile(r"\s*<!--\s*exercise:\s*([\d.]+)\s*-->\s*")
_CELLS = re.compile(r"^Cells: ((?:\*[^*]+\*(?:, )?)+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,2}\s+(.+?)\s*$", re.MULTILINE)
_NOTE = re.compile(r"^Note:\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Slide:
    """One slide: what the room sees, what the speaker sees, and how long it takes.

    ``exercise`` is what the room does while it is shown; ``shows_figures`` says that measured figures are on it.
    """

    title: str
    text: str
    notes: str
    minutes: float
    exercise: Exercise | None = None
    shows_figures: bool = False

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of the notebook that the notes tell the speaker to run, in order."""
        return tuple(name for line in _CELLS.findall(self.notes) for name in re.findall(r"\*([^*]+)\*", line))


@dataclass(frozen=True)
class Deck:
    """All slides of one lab, in order."""

    slug: str
    title: str
    slides: tuple[Slide, ...]

    @property
    def minutes(self) -> float:
        """Add up the slides' minutes, without the exercises."""
        return sum(slide.minutes for slide in self.slides if not slide.exercise)

    @property
    def exercise_minutes(self) -> float:
        """Add up the exercises' minutes."""
        return sum(slide.minutes for slide in self.slides if slide.exercise)


def read(file: Path, reports: Path) -> Deck:
    """Read a deck and fill in its figures from ``reports``, a folder of JSON files.

    Raises CapsizeError at file:line for a slide without heading, minutes or notes, for a figure that no report
    holds, and when the slides' minutes do not add up to what the front matter promises.
    """
    if not file.is_file():
        raise CapsizeError("there is no deck here", place=file, next="capsize labs")
    head, body, line = _front_matter(file)
    figures = Figures(file, reports)
    slides = tuple(_slide(figures, at, text) for at, text in _split(body, line))
    deck = Deck(file.stem, str(head["title"]), slides)
    if deck.minutes != head["minutes"]:
        raise CapsizeError(
            "the slides' minutes do not add up",
            place=f"{file}:1",
            expected=f"minutes: {head['minutes']:g}, as the front matter says",
            got=f"{deck.minutes:g}, the sum over {len(slides)} slides",
        )
    return deck


def _front_matter(file: Path) -> tuple[dict[str, Any], str, int]:
    parts = re.match(r"---\n(.*?\n)---\n(.*)", file.read_text(encoding="utf-8"), re.DOTALL)
    head = yaml.safe_load(parts[1]) if parts else None
    if not parts or not isinstance(head, dict) or not {"title", "minutes"} <= head.keys():
        raise CapsizeError("a deck starts with its title and minutes", place=f"{file}:1", expected=_EXAMPLE)
    return head, parts[2], parts[1].count("\n") + 3


_EXAMPLE = "---, then `title: …` and `minutes: …`, then ---"


def _split(body: str, line: int) -> Iterator[tuple[int, str]]:
    """Cut at each line that is just ---, outside code fences; yield (line number, text)."""
    start, lines, fenced = line, list[str](), False
    for number, text in enumerate(body.splitlines(), line):
        fenced ^= bool(_FENCE.match(text))
        if text.rstrip() != "---" or fenced:
            lines.append(text)
            continue
        yield start, "\n".join(lines)
        start, lines = number + 1, []
    yield start, "\n".join(lines)


def _slide(figures: Figures, line: int, text: str) -> Slide:
    place = f"{figures.file}:{line + len(text) - len(text.lstrip(chr(10)))}"
    if asked := _EXERCISE.fullmatch(text):
        return _turn(exercise_of(figures.file, asked[1], place))
    shown, *notes = _NOTE.split(figures.fill(text, line))
    heading = _needed(_HEADING.search(shown), "a heading", "## and the slide's one idea", place)
    minutes = _needed(_MINUTES.search(shown), "its minutes", "<!-- minutes: 3 -->", place)
    said = _needed("".join(notes).strip() if len(notes) == 1 else None, "speaker notes", "one line `Note:`", place)
    measured = bool(PLACEHOLDER.search(_NOTE.split(text)[0]))
    return Slide(heading[1], _MINUTES.sub("", shown).strip(), said, float(minutes[1]), shows_figures=measured)


def _turn(exercise: Exercise) -> Slide:
    shown, said = turn_words(exercise)
    return Slide(f"Your turn: exercise {exercise.id}", shown, said, float(exercise.minutes), exercise)


def _needed(found: T | None, what: str, expected: str, place: str) -> T:
    if not found:
        raise CapsizeError(f"this slide lacks {what}", place=place, expected=expected)
    return found
