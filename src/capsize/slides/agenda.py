"""A deck's agenda: at which minute each slide and each exercise begins, and what is run on it."""

from __future__ import annotations

from collections.abc import Iterator

from capsize.slides.deck import Deck, Slide


def agenda(deck: Deck) -> str:
    """Write a line for each slide: the minute, its number, its title, and the sections of the notebook to run."""
    rows = [f"{minute:4g}  {number:2}  {_told(slide)}" for number, minute, slide in _begins(deck)]
    return "\n".join(["minute, slide", *rows, f"{deck.minutes + deck.exercise_minutes:4g}  end"])


def _begins(deck: Deck) -> Iterator[tuple[int, float, Slide]]:
    minute = 0.0
    for number, slide in enumerate(deck.slides, 1):
        yield number, minute, slide
        minute += slide.minutes


def _told(slide: Slide) -> str:
    if slide.exercise:
        return f"exercise {slide.exercise.id}, {slide.exercise.minutes} minutes: {slide.exercise.title}"
    runs = f"  · run: {', '.join(slide.sections)}" if slide.sections else ""
    return slide.title + runs
