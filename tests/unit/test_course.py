"""The course as it is found on disk."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

import capsize
from capsize.course import Course
from capsize.course.lab_paths import Rooms, find_root
from capsize.errors import CapsizeError


def test_root_is_found_from_a_folder_below(small, monkeypatch):
    """Anywhere below the course, the course is found."""
    monkeypatch.delenv("CAPSIZE_HOME")
    assert find_root(small.root / "docker/01_boat") == small.root


def test_root_is_where_the_kit_came_from_when_nothing_is_above(tmp_path, monkeypatch):
    """Outside of any course, an editable install leads to its own."""
    monkeypatch.delenv("CAPSIZE_HOME", raising=False)
    assert find_root(tmp_path) == Path(capsize.__file__).parents[2]


def test_wrong_home_is_refused(tmp_path, monkeypatch):
    """A CAPSIZE_HOME that holds no course is said to be wrong, not passed over."""
    monkeypatch.setenv("CAPSIZE_HOME", str(tmp_path))
    with pytest.raises(CapsizeError, match="holds no course"):
        find_root()


@pytest.mark.parametrize("which", ["01_boat", "01", "1", 1, "boat"])
def test_lab_is_found_by_whatever_names_it(small, which):
    """A slug, a number and a name all open the lab."""
    assert capsize.lab(which).slug == "01_boat"


def test_unknown_lab_is_refused_with_the_nearest_and_the_list(small):
    """A misspelt lab is answered with the one that was probably meant, and all there are."""
    with pytest.raises(CapsizeError) as refused:
        capsize.lab("baot")
    assert ("01_boat" in str(refused.value.expected), "boat" in str(refused.value.next)) == (True, True)


@pytest.mark.parametrize("room", ["labs/02_raft.ipynb", "docker/02_raft/compose.yaml", "tests/labs/test_02_raft.py"])
def test_one_room_is_enough_to_be_seen(small, room):
    """A lab with a single room is listed, so that what it lacks can be told."""
    small.write(room, "")
    assert small.course.slugs == ("01_boat", "02_raft")


def test_missing_rooms_are_named(small):
    """A lab knows which of its rooms are not there."""
    small.write("labs/02_raft.ipynb", "{}")
    missing = [path.relative_to(small.root).as_posix() for path in Rooms(small.root, "02_raft").missing]
    assert missing[0] == "starter/02_raft/exercises.toml"
    assert len(missing) == 5


def test_question_is_the_notebooks_title(small):
    """A lab asks what its notebook's first heading asks."""
    assert capsize.lab(1).question == "How deep?"


def test_question_survives_a_broken_notebook(small):
    """A notebook that cannot be read costs the question, not the lab."""
    small.write("labs/01_boat.ipynb", "{")
    assert capsize.lab(1).question == "Boat"


@pytest.mark.parametrize(("code", "folder"), [("starter", "starter/01_boat"), (None, "work/01_boat")])
def test_code_is_the_folder_that_was_asked_for(small, code, folder):
    """Without a word the learner's own copy runs; starter and solutions on demand."""
    assert capsize.lab(1, code).code() == small.root / folder


def test_code_follows_the_environment(small, monkeypatch):
    """CAPSIZE_CODE changes the default, as CI does."""
    monkeypatch.setenv("CAPSIZE_CODE", "solutions")
    assert capsize.lab(1).code() == small.root / "solutions/01_boat"


def test_code_may_be_a_folder_of_folders(small, tmp_path):
    """A folder that holds a folder per lab is as good as the lab's own."""
    (tmp_path / "mine/01_boat").mkdir(parents=True)
    assert capsize.lab(1, tmp_path / "mine").code() == tmp_path / "mine/01_boat"


def test_code_that_is_not_there_is_refused(small):
    """A folder that does not exist is refused before anything starts."""
    with pytest.raises(CapsizeError, match="no such folder"):
        capsize.lab(1, "nowhere").code()


def test_change_of_starter_is_told_once(small, capsys):
    """Whoever opens a lab whose starter has changed is told so, once, on stderr."""
    capsize.lab(1).code()
    small.write("starter/01_boat/boat.py", "changed")
    lab = capsize.lab(1)
    lab.code()
    lab.code()
    assert capsys.readouterr().err.count("changed since you began") == 1


def test_stack_that_cannot_be_offered_is_up_all_the_same(small, monkeypatch):
    """A registry that cannot be written costs the view from other terminals, not the stack."""
    stack = SimpleNamespace(down=lambda: None)
    monkeypatch.setattr("capsize.session.running.start", lambda model, **how: stack)
    monkeypatch.setattr(
        "capsize.session.remote_control.offer", lambda stack: (_ for _ in ()).throw(OSError("read-only"))
    )
    with capsize.lab(1, "solutions") as up:
        assert up is stack


def test_up_again_takes_the_old_stack_down_first(small, monkeypatch):
    """Running the cell twice leaves one stack, the newer."""
    downs = []
    stacks = [SimpleNamespace(down=lambda name=name: downs.append(name)) for name in ("old", "new")]
    monkeypatch.setattr("capsize.session.running.start", lambda model, **how: stacks[len(downs)])
    monkeypatch.setattr("capsize.session.remote_control.offer", lambda stack: SimpleNamespace(close=lambda: None))
    lab = capsize.lab(1, "solutions")
    lab.up()
    assert (lab.up(), downs) == (stacks[1], ["old"])


def test_every_secret_is_new_for_each_stack(small):
    """Each start has a random value of its own for every password, token, secret and key of the Compose file."""
    one, other = capsize.lab(1).variables(), capsize.lab(1).variables()
    assert one["HARBOUR_TOKEN"] != other["HARBOUR_TOKEN"]
    assert len(one["HARBOUR_TOKEN"]) > 20


def test_code_variable_is_absolute(small):
    """The Compose file's CODE is the absolute path of the folder that runs."""
    assert capsize.lab(1, "starter").variables()["CODE"] == str(small.root / "starter/01_boat")


def test_hints_come_one_after_the_other(small):
    """Each call gives the next hint; the last one stays."""
    lab = capsize.lab(1)
    assert [lab.hint("1.1").step for _ in range(4)] == [1, 2, 3, 3]


def test_hints_of_solutions_leave_no_trace(small):
    """Hints taken while CI runs the solutions do not touch the learner's score."""
    capsize.lab(1, "solutions").hint("1.1")
    assert not (small.root / "work/progress.json").exists()


def test_exercise_that_is_not_there_is_refused_with_those_that_are(small):
    """An unknown exercise is answered with the known ones."""
    with pytest.raises(CapsizeError) as refused:
        capsize.lab(1).exercise("1.9")
    assert refused.value.expected == "1.1, 1.2"


def test_exercise_may_be_written_as_a_number(small):
    """Whoever leaves out the quotes gets the exercise that they meant."""
    assert capsize.lab(1).exercise(1.2).id == "1.2"


@pytest.mark.parametrize(("which", "ids"), [("1.2", ["1.2"]), ("1", ["1.1", "1.2"]), ("boat", ["1.1", "1.2"])])
def test_find_tells_an_exercise_from_a_lab(small, which, ids):
    """An id means one exercise, a lab's name all of its own."""
    assert [exercise.id for exercise in Course.here().find(which)[1]] == ids


def test_stack_that_is_not_up_says_so(small):
    """A lab without a running stack says what to call."""
    with pytest.raises(CapsizeError, match="01_boat is not up"):
        capsize.lab(1).stack  # noqa: B018 - the property is what is tested


def test_only_the_labs_own_settings_come_from_the_environment(small, monkeypatch):
    """A lab names what a shell may set; whatever else is set there, such as a service link, stays outside."""
    file = small.root / "starter/01_boat/exercises.toml"
    file.write_text(
        f'settings = ["MOST_COPIES", "LEASE_SECONDS"]\n{file.read_text(encoding="utf-8")}', encoding="utf-8"
    )
    for name, value in {"MOST_COPIES": "3", "DB_PORT": "tcp://10.0.0.1:5432"}.items():
        monkeypatch.setenv(name, value)
    assert {name: capsize.lab(1).variables().get(name) for name in ("MOST_COPIES", "LEASE_SECONDS", "DB_PORT")} == {
        "MOST_COPIES": "3",
        "LEASE_SECONDS": None,
        "DB_PORT": None,
    }


@pytest.mark.parametrize("settings", ['"A"', "[1]", "true"])
def test_unusable_settings_are_refused(small, settings):
    """Settings are a list of names."""
    file = small.root / "starter/01_boat/exercises.toml"
    file.write_text(f"settings = {settings}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    with pytest.raises(CapsizeError, match="settings are not usable"):
        capsize.lab(1).variables()
