"""The learner's copy: made once, never written over without a copy of what was there."""

from __future__ import annotations

import pytest
import small_course

import capsize
from capsize.errors import CapsizeError


@pytest.fixture
def mine(small):
    """The learner's workspace, begun."""
    workspace = capsize.lab(1).workspace
    workspace.begin()
    return workspace


def test_begin_copies_the_starter_without_our_own_files(small, mine):
    """A learner gets what is to be edited, and not the file with the hints."""
    assert sorted(path.name for path in mine.folder.iterdir()) == ["boat.py", "name.py"]


def test_begin_again_keeps_the_edit(mine):
    """Beginning twice changes nothing."""
    (mine.folder / "boat.py").write_text("mine")
    mine.begin()
    assert (mine.folder / "boat.py").read_text() == "mine"


def test_begin_leaves_a_removed_file_removed(mine):
    """A file that the learner removed does not come back by itself."""
    (mine.folder / "name.py").unlink()
    mine.begin()
    assert not (mine.folder / "name.py").exists()


def test_begin_adds_a_file_that_is_new_in_starter(small, mine):
    """A file that an update brings is there at the next start."""
    small.write("starter/01_boat/anchor.py", "")
    mine.begin()
    assert (mine.folder / "anchor.py").exists()


def test_half_made_copy_is_never_taken_for_the_learners(small, monkeypatch):
    """If copying breaks off, the next begin starts afresh."""
    workspace = capsize.lab(1).workspace
    with monkeypatch.context() as broken:
        broken.setattr("shutil.copy2", _full)
        with pytest.raises(CapsizeError, match="disk full"):
            workspace.begin()
    assert sorted(path.name for path in workspace.begin().iterdir()) == ["boat.py", "name.py"]


def _full(*_):
    raise OSError("disk full")


def test_change_of_starter_is_noticed(small, mine):
    """After an update that changes an exercise, the learner is told which file, and what to type."""
    small.write("starter/01_boat/boat.py", "changed")
    notice = mine.notice()
    assert (("starter/01_boat/boat.py changed since you began" in notice), "capsize reset" in notice) == (True, True)


def test_edit_of_ones_own_is_no_change_of_starter(mine):
    """The learner's own edit raises no notice."""
    (mine.folder / "boat.py").write_text("mine")
    assert mine.notice() is None


def test_reset_keeps_what_it_replaces(small, mine):
    """After a reset the starter is back, and the old version is where the message says."""
    (mine.folder / "boat.py").write_text("mine")
    said = mine.reset()
    kept = small.root / said.rpartition(" ")[2]
    assert (kept / "boat.py").read_text() == "mine"
    assert (mine.folder / "boat.py").read_text() == (small.root / "starter/01_boat/boat.py").read_text()


def test_reset_of_one_exercise_leaves_the_others(small, mine):
    """Only the exercise's own file is replaced."""
    lab = capsize.lab(1)
    for name in ("boat.py", "name.py"):
        (mine.folder / name).write_text("mine")
    said = lab.reset("1.2")
    assert (mine.folder / "boat.py").read_text() == "mine"
    assert (small.root / said.rpartition(" ")[2]).read_text() == "mine"


def test_exercise_of_two_files_is_reset_and_solved_as_one(small, mine):
    """Both files are replaced, what was there is kept, and it is as given or solved when both are."""
    text = small_course.EXERCISES.replace('id = "1.2"', 'id = "1.2"\nalso = ["boat.py"]')
    small.write("starter/01_boat/exercises.toml", text)
    lab = capsize.lab(1)
    exercise = lab.exercise("1.2")
    (mine.folder / "boat.py").write_text("mine")
    assert "work/01_boat/boat.py is as the solution has it; your version is kept" in lab.apply_solution("1.2")
    assert lab.workspace.is_applied(exercise)
    lab.reset("1.2")
    assert lab.workspace.is_as_given(exercise)
    (mine.folder / "boat.py").write_text("mine")
    assert not lab.workspace.is_as_given(exercise)


def test_resets_within_a_second_keep_each_version(small, mine):
    """Two resets in the same second keep two copies."""
    for text in ("first", "second"):
        (mine.folder / "boat.py").write_text(text)
        mine.reset()
    kept = (small.root / "work/.kept").glob("*/boat.py")
    assert sorted(path.read_text() for path in kept) == ["first", "second"]


def test_reset_of_what_was_not_touched_keeps_nothing(small, mine):
    """An untouched file needs no copy, and the message says so."""
    assert capsize.lab(1).reset("1.1") == "work/01_boat/boat.py is as starter/ has it already"


def test_reset_brings_a_removed_file_back(mine):
    """Reset is the way to get a removed file back."""
    (mine.folder / "name.py").unlink()
    capsize.lab(1).reset("1.2")
    assert (mine.folder / "name.py").exists()


def test_diff_shows_the_edit_and_nothing_else(mine):
    """A diff has the learner's line, in the terms of the two files."""
    assert mine.diff() == ""
    (mine.folder / "name.py").write_text('NAME = "Otter"')
    lines = mine.diff().splitlines()
    assert lines[:2] == ["--- starter/01_boat/name.py", "+++ work/01_boat/name.py"]
    assert [line for line in lines[2:] if line[0] == "+"] == ['+NAME = "Otter"']


def test_diff_of_bytes_says_that_they_differ(small, mine):
    """A file that is not text is not printed."""
    (mine.folder / "boat.py").write_bytes(b"\xff\xfe\x00")
    assert mine.diff() == "work/01_boat/boat.py differs, and is not text\n"


def test_solution_shows_what_it_changes(small):
    """The solution is shown as its difference from the starter."""
    lab = capsize.lab(1)
    assert "+    return 1 + cargo" in lab.workspace.solution(lab.exercise("1.1"))


def test_solution_takes_the_place_of_a_file_that_is_kept(small, mine):
    """One's own version is where the message says, and the other files are as they were."""
    (mine.folder / "boat.py").write_text("# mine\n")
    lab = capsize.lab(1)
    said = lab.apply_solution("1.1")
    assert (mine.folder / "boat.py").read_text() == (small.root / "solutions/01_boat/boat.py").read_text()
    assert (small.root / said.rpartition(" ")[2]).read_text() == "# mine\n"
    assert "TODO" in (mine.folder / "name.py").read_text()
    assert "already" in lab.apply_solution("1.1")


def test_pass_of_a_solution_that_was_taken_counts_apart(small, mine):
    """A pass with the file that was taken is none of the learner's own; one with a change of theirs is."""
    lab = capsize.lab(1)
    lab.apply_solution("1.1")
    lab.record_pass(lab.exercise("1.1"))
    assert lab.progress.passed("1.1") is None
    with (mine.folder / "boat.py").open("a") as file:
        file.write("# and I know why\n")
    lab.record_pass(lab.exercise("1.1"))
    assert lab.progress.passed("1.1")


def test_same_words_as_the_solutions_are_ones_own(small, mine):
    """A learner who writes what the solution has, without having taken it, has passed."""
    (mine.folder / "boat.py").write_text((small.root / "solutions/01_boat/boat.py").read_text())
    lab = capsize.lab(1)
    lab.record_pass(lab.exercise("1.1"))
    assert lab.progress.passed("1.1")
