"""What exercises.toml may hold, and where a mistake is said to be."""

from __future__ import annotations

import pytest
import small_course

from capsize.course.exercises import read_exercises
from capsize.errors import CapsizeError


def read(small, text):
    return read_exercises(small.write("starter/01_boat/exercises.toml", text), "01_boat")


def test_exercises_come_in_the_order_of_the_file(small):
    """The file's order is the lab's."""
    assert [exercise.id for exercise in read(small, small_course.EXERCISES)] == ["1.1", "1.2"]


def test_an_exercise_may_say_why_it_is_judged_alone(small):
    """Where an exercise says why, it is judged alone; where it does not, it is not."""
    text = small_course.EXERCISES.replace('id = "1.2"', 'id = "1.2"\nalone = "it watches the clock"')
    assert [exercise.alone for exercise in read(small, text)] == ["", "it watches the clock"]


def test_an_exercise_may_change_more_than_one_file(small):
    """The file with the TODO is the first of its files."""
    text = small_course.EXERCISES.replace('id = "1.2"', 'id = "1.2"\nalso = ["boat.py"]')
    assert [exercise.files for exercise in read(small, text)] == [("boat.py",), ("name.py", "boat.py")]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('id = "1.2"', 'id = "2.2"', 10, "id is not usable"),
        ('id = "1.2"', "id = 1.2", 10, "id is not usable"),
        ('id = "1.2"', 'id = "1.1"', 10, "two exercises have the id 1.1"),
        ('minutes = 5\naccept = ["it', 'minutes = 90\naccept = ["it', 13, "minutes is not usable"),
        ('minutes = 5\naccept = ["it', 'minutes = true\naccept = ["it', 13, "minutes is not usable"),
        (', "the name is not empty"', "", 14, "accept is not usable"),
        (', "Any word will do."', "", 15, "hints is not usable"),
        ('file = "name.py"', 'file = "../name.py"', 12, "file is not usable"),
        ('title = "Name the boat"\n', "", 9, "title is missing"),
        ('title = "Name the boat"', 'title = " "', 11, "title is not usable"),
        ('title = "Name the boat"', 'title = "Name the boat"\nalone = " "', 12, "alone is not usable"),
        ('title = "Name the boat"', 'title = "Name the boat"\nalso = ["/boat.py"]', 12, "also is not usable"),
        ('file = "name.py"', 'fyle = "name.py"', 12, "no such key: fyle"),
        ('[[exercise]]\nid = "1.2"', '[[exercise]\nid = "1.2"', 9, "this is not TOML"),
    ],
)
def test_mistake_is_refused_at_its_line(small, old, new, line, words):
    """Each mistake is refused with the file, the line and what would be right."""
    assert small_course.EXERCISES.count(old) == 1
    with pytest.raises(CapsizeError) as refused:
        read(small, small_course.EXERCISES.replace(old, new))
    assert str(refused.value).startswith(f"{small.root}/starter/01_boat/exercises.toml:{line}: {words}")


@pytest.mark.parametrize("text", ["", "exercise = 1", "exercise = [1]", 'title = "x"', "[exercise]\nid = 1"])
def test_file_of_another_shape_is_refused(small, text):
    """A file that is not a list of exercises is refused, not tripped over."""
    with pytest.raises(CapsizeError):
        read(small, text)


OWN = """
[[exercise]]
id = "1.own"
title = "Launch the boat"
file = "own/launch.py"
minutes = 10
accept = ["it floats", "it comes back"]
"""


def test_task_on_your_own_has_no_hints(small):
    """The task at the end of a lab is an exercise without hints, which does not count among the others."""
    exercises = read(small, small_course.EXERCISES + OWN)
    assert [(exercise.id, exercise.is_own, len(exercise.hints)) for exercise in exercises][1:] == [
        ("1.2", False, 3),
        ("1.own", True, 0),
    ]
    with pytest.raises(CapsizeError, match="hints is not usable"):
        read(small, small_course.EXERCISES + OWN + 'hints = ["Push.", "Push it.", "push()"]\n')


def test_task_on_your_own_has_a_stack_and_checks_of_its_own(small):
    """Its rooms are beside the lab's, and it is found by its id; whoever asks for a hint hears that there is none."""
    read(small, small_course.EXERCISES + OWN)
    lab, (task,) = small.course.find("1.own", "starter")
    assert (lab.own, len(lab.exercises)) == (task, 2)
    assert lab.of(task).rooms.compose == small.root / "docker/01_boat/own/compose.yaml"
    assert lab.of(task).rooms.checks == small.root / "tests/labs/own_01_boat.py"
    assert small.course.lab("1.own").rooms == lab.of(task).rooms
    with pytest.raises(CapsizeError, match="no hints"):
        lab.hint("1.own")
