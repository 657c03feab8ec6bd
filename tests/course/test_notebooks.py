"""Every lab's notebook keeps the house rules. That it still shows what it shows is checked by `make test`, by nbval."""

from __future__ import annotations

import json
import re

import pytest

from capsize.course import Course
from capsize.notebooks.lint import lint

LABS = Course.here().labs()
WORDS_A_MINUTE = 200
RUNNING = 15  # minutes at most that the cells take, and what there is to look at


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_notebook_keeps_the_rules(lab):
    """The lint has nothing to say about a committed notebook."""
    assert [str(finding) for finding in lint(lab.rooms)] == []


def prose(lab):
    """Return the text of a lab's notebook without its code."""
    cells = json.loads(lab.rooms.notebook.read_text())["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_stated_minutes_are_those_of_reading_and_exercises(lab):
    """What a notebook says that it takes has room for reading it and for each exercise, and little more."""
    text = prose(lab)
    said = int(re.search(r"\*\*Takes\*\* (\d+) minutes", text)[1])
    least = len(text.split()) / WORDS_A_MINUTE + sum(exercise.minutes for exercise in lab.exercises)
    assert least <= said <= least + RUNNING
