"""The slide that stays on the screen while the room does an exercise; its words come from the lab's exercises.toml.

A deck has ``<!-- exercise: 1.1 -->`` where the exercise is done: what shows its answer comes after that.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from capsize.course.exercises import Exercise, read_exercises
from capsize.errors import CapsizeError

SHOWN = """## Your turn: exercise {id}

<p class="turn">{title}</p>

- {minutes} minutes, in `work/{slug}/{file}`
- the notebook says when it is done, and checks it
- no idea? `capsize hint {id}`"""

SAID = """Exercise {id}, {minutes} minutes. Leave this slide on the screen and walk around. Before you help, ask what
`capsize hint {id}` says.

Before you go on: what did the check say first? Collect two or three verdicts. The answer is on a later slide."""


def exercise_of(deck: Path, id: str, place: str) -> Exercise:  # noqa: A002 - as in the file
    """Find an exercise of the deck's lab. Raise CapsizeError at ``place`` where the lab has none of this id."""
    known = read_exercises(deck.parents[1] / "starter" / deck.stem / "exercises.toml", deck.stem)
    for exercise in known:
        if exercise.id == id:
            return exercise
    raise CapsizeError(
        f"{deck.stem} has no exercise {id}", place=place, expected=", ".join(each.id for each in known), got=id
    )


def turn_words(exercise: Exercise) -> tuple[str, str]:
    """Write what the room sees and what the speaker sees while the exercise is done."""
    words = {name: getattr(exercise, name) for name in ("id", "minutes", "slug", "file")}
    return SHOWN.format(title=escape(exercise.title), **words), SAID.format(**words)
