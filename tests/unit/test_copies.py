"""The learner's copies of the notebooks: never in git's way, never written over."""

from __future__ import annotations

import pytest

from capsize.copies import copy_of, notice
from capsize.rooms import Rooms


@pytest.fixture
def rooms(tmp_path) -> Rooms:
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "01_boat.ipynb").write_text("the first edition")
    return Rooms(tmp_path, "01_boat")


def test_copy_is_made_on_first_use(rooms):
    """A learner's copy begins as the course's notebook."""
    assert copy_of(rooms).read_text() == "the first edition"


def test_untouched_copy_follows_the_course(rooms):
    """Nobody has to do anything for a new edition of a notebook that they have not worked in."""
    copy_of(rooms)
    rooms.notebook.write_text("the second edition")
    assert copy_of(rooms).read_text() == "the second edition"
    assert notice(rooms) is None


def test_copy_that_was_worked_in_stays_and_is_told(rooms):
    """What a learner saved stays, and they hear that there is a new edition and how to have it."""
    copy_of(rooms).write_text("the first edition, with my notes")
    rooms.notebook.write_text("the second edition")
    assert copy_of(rooms).read_text() == "the first edition, with my notes"
    assert "mv work/01_boat.ipynb" in (notice(rooms) or "")


def test_copy_that_was_moved_away_is_made_anew(rooms):
    """The advice of the notice works."""
    copy = copy_of(rooms)
    copy.write_text("mine")
    rooms.notebook.write_text("the second edition")
    copy.rename(copy.with_name("01_boat-mine.ipynb"))
    assert copy_of(rooms).read_text() == "the second edition"
    assert notice(rooms) is None
