"""The learner's copies of the notebooks: never in git's way, never written over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from capsize.course.lab_paths import Rooms
from capsize.course.notebook_copies import copy_of, notice


def edition(words: str) -> str:
    """Write a notebook that was run: the words, and a cell with an output."""
    output = {"output_type": "stream", "name": "stdout", "text": ["more promised than there are: True"]}
    code = {"cell_type": "code", "source": ["race()"], "execution_count": 1, "metadata": {}, "outputs": [output]}
    cells = [{"cell_type": "markdown", "source": [words], "metadata": {}}, code]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def said(notebook: Path) -> str:
    """Read the words again."""
    return "".join(json.loads(notebook.read_text())["cells"][0]["source"])


@pytest.fixture
def rooms(tmp_path) -> Rooms:
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "01_boat.ipynb").write_text(edition("the first edition"))
    return Rooms(tmp_path, "01_boat")


def test_copy_is_made_on_first_use(rooms):
    """A learner's copy begins as the course's notebook."""
    assert said(copy_of(rooms)) == "the first edition"


def test_copy_gives_no_answer_away(rooms):
    """A learner predicts before they look: what the course's cells showed is not in the copy."""
    code = json.loads(copy_of(rooms).read_text())["cells"][1]
    assert (code["source"], code["outputs"], code["execution_count"]) == (["race()"], [], None)


def test_copy_links_the_files_that_it_names(rooms):
    """What is to be edited is one click away; a folder, and what is a link already, stay as they are."""
    rooms.notebook.write_text(edition("Edit `work/01_boat/hull.py` in `work/01_boat/`, see [`work/a.py`](b.py)."))
    linked = "Edit [`work/01_boat/hull.py`](01_boat/hull.py) in `work/01_boat/`, see [`work/a.py`](b.py)."
    assert said(copy_of(rooms)) == linked


def test_new_outputs_are_no_new_edition(rooms):
    """Where only pictures were drawn again, nobody who began is told of it."""
    copy_of(rooms).write_text("mine")
    rooms.notebook.write_text(edition("the first edition").replace("True", "False"))
    assert notice(rooms) is None


def test_untouched_copy_follows_the_course(rooms):
    """Nobody has to do anything for a new edition of a notebook that they have not worked in."""
    copy_of(rooms)
    rooms.notebook.write_text(edition("the second edition"))
    assert said(copy_of(rooms)) == "the second edition"
    assert notice(rooms) is None


def test_copy_that_was_worked_in_stays_and_is_told(rooms):
    """What a learner saved stays, and they hear that there is a new edition and how to have it."""
    copy_of(rooms).write_text("the first edition, with my notes")
    rooms.notebook.write_text(edition("the second edition"))
    assert copy_of(rooms).read_text() == "the first edition, with my notes"
    assert "mv work/01_boat.ipynb" in (notice(rooms) or "")


def test_copy_that_was_moved_away_is_made_anew(rooms):
    """The advice of the notice works."""
    copy = copy_of(rooms)
    copy.write_text("mine")
    rooms.notebook.write_text(edition("the second edition"))
    copy.rename(copy.with_name("01_boat-mine.ipynb"))
    assert said(copy_of(rooms)) == "the second edition"
    assert notice(rooms) is None
