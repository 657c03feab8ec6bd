"""A new lab has a slug of its own, and overwrites nothing."""

from __future__ import annotations

import pytest

from capsize.course.lab_paths import Rooms
from capsize.errors import CapsizeError
from capsize.notebooks.new_lab import create


def test_new_lab_has_its_own_slug_and_numbers(small):
    """Every file is named by the slug, and none speaks of the lab that the templates are."""
    files = create(small.root, "09_sandbar")
    assert not Rooms(small.root, "09_sandbar").missing
    assert not [file for file in files if "09_sandbar" not in str(file) or "99" in file.read_text()]
    assert [exercise.id for exercise in small.course.lab("09").exercises] == ["9.1"]


@pytest.mark.parametrize(
    ("slug", "what"),
    [
        ("sandbar", "not a valid slug of a lab\n  expected: two digits"),
        ("00_sandbar", "not a valid slug"),
        ("9_sandbar", "not a valid slug"),
        ("09_Sand-bar", "not a valid slug"),
        ("../09_sandbar", "not a valid slug"),
        ("01_sandbar", "the number of 01_sandbar is taken\n  got: 01_boat\n  next: capsize notebooks new 02_sandbar"),
        ("02_boat", "the name of 02_boat is taken\n  got: 01_boat\n  next: capsize notebooks new 02_name"),
    ],
)
def test_slug_that_is_taken_or_not_valid_is_refused(small, slug, what):
    """The refusal says what to type, and nothing is written."""
    before = sorted(small.root.rglob("*"))
    with pytest.raises(CapsizeError, match=what):
        create(small.root, slug)
    assert sorted(small.root.rglob("*")) == before


def test_no_file_is_overwritten(small):
    """A file that an author wrote first stays as it is."""
    mine = small.write("tests/wrong/02_sandbar.toml", "mine")
    with pytest.raises(CapsizeError, match=r"lab 02_sandbar has files already\n  got: tests/wrong/02_sandbar.toml"):
        create(small.root, "02_sandbar")
    assert mine.read_text() == "mine"
