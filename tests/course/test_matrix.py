"""One lab, one name, six rooms: and in each room what the others promise."""

from __future__ import annotations

import difflib

import pytest
from refusals import refusals
from the_course import COURSE, EXERCISES, LABS, ROOT, answers, check, each, names

from capsize.stack import compose

LONGEST, FEWEST, MOST = 70, 3, 10
ANSWERS = [*answers("wrong"), *answers("right")]

each_lab = pytest.mark.parametrize("lab", LABS, ids=names)
ids = [names(case) for case in EXERCISES]
each_exercise = pytest.mark.parametrize(("lab", "exercise"), EXERCISES, ids=ids)
each_judged = pytest.mark.parametrize(("lab", "exercise"), each(EXERCISES), ids=ids)


def test_the_course_has_labs():
    """A course without labs, or with labs without exercises, would pass every other test here."""
    assert LABS
    assert EXERCISES


@each_lab
def test_lab_has_all_six_rooms(lab):
    """Each slug has a notebook, a starter, solutions, a stack, slides and checks."""
    missing = [lab.rooms.short(path) for path in lab.rooms.missing]
    assert not missing, f"make {' and '.join(missing)}"


@each_lab
def test_lab_has_a_locust_file(lab):
    """Each lab can be loaded."""
    assert lab.rooms.load_file.exists(), f"make {lab.rooms.short(lab.rooms.load_file)}"


@each_lab
def test_labs_stack_is_understood(lab):
    """Each lab's Compose file is in the subset that the kit reads."""
    assert compose.read(lab.rooms.compose, {"CODE": str(lab.rooms.solutions)}).services


@each_lab
@pytest.mark.parametrize("code", ["starter", "solutions"])
def test_labs_own_stack_is_understood(lab, code):
    """What a lab runs, by Compose or by manifests, is in the subset that the kit reads, unsolved and solved."""
    assert COURSE.lab(lab.slug, code).model().services


@each_lab
def test_starter_and_solutions_have_the_same_files(lab):
    """An exercise is at the same path in both."""
    starter, solutions = (
        {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and "__" not in str(path)}
        for folder in (lab.rooms.starter, lab.rooms.solutions)
    )
    assert starter - {"exercises.toml"} == solutions


@each_exercise
def test_todo_is_there_once_and_gone_from_the_solution(lab, exercise):
    """The starter says in one place what is to be done; the solution has nothing left to do."""
    counts = [read(folder / exercise.file).count(exercise.todo) for folder in (lab.rooms.starter, lab.rooms.solutions)]
    assert counts == [1, 0], f"{exercise.todo} belongs into starter/{lab.slug}/{exercise.file} once, and nowhere else"


@each_exercise
def test_solution_changes_little(lab, exercise):
    """A solution changes 3 to 10 lines of its file, its TODO among them."""
    starter, solution = (
        read(folder / exercise.file).splitlines() for folder in (lab.rooms.starter, lab.rooms.solutions)
    )
    changes = [line for line in difflib.ndiff(starter, solution) if line[0] in "+-" and line[2:].strip()]
    added, removed = (sum(line[0] == sign for line in changes) for sign in "+-")
    others = sum(other.file == exercise.file for other in lab.exercises)
    assert FEWEST <= max(added, removed - 1) <= MOST * others, f"{exercise.file}: {removed} lines out, {added} in"


@each_lab
def test_files_without_an_exercise_are_the_same(lab):
    """What no exercise asks to change does not change."""
    changed = {name for exercise in lab.exercises for name in exercise.files}
    given = [path for path in lab.rooms.solutions.iterdir() if path.is_file() and path.name not in changed]
    differing = [path.name for path in given if path.read_bytes() != (lab.rooms.starter / path.name).read_bytes()]
    assert not differing, f"{lab.slug}: {differing} differ between starter/ and solutions/, and no exercise names them"


@each_exercise
def test_exercise_file_is_short(lab, exercise):
    """A learner sees an exercise's file at a glance: 70 lines at most."""
    lengths = [len(read(folder / exercise.file).splitlines()) for folder in (lab.rooms.starter, lab.rooms.solutions)]
    assert max(lengths) <= LONGEST, f"{exercise.file} has {max(lengths)} lines: move what is given into src/shop"


@each_exercise
def test_exercise_has_three_wrong_answers_at_least(lab, exercise):
    """Every exercise has three plausible misconceptions to refuse."""
    own = [one for one in answers("wrong") if one.slug == lab.slug and one.exercise == exercise.id]
    assert len(own) >= 3, f"{exercise.id} has {len(own)} wrong answers in tests/wrong/{lab.slug}.toml"


def test_every_answer_still_applies():
    """Each text that an answer replaces is in its file of the solution, once; each whole file is where it is named."""
    misfits = [misfit for answer in ANSWERS for misfit in answer.misfits()]
    assert not misfits, "\n".join(["change these answers, for the solution has changed:", *misfits])


@each_lab
def test_words_of_each_refusal_are_written_down(lab):
    """For each wrong answer, and for nothing else, there are the words that refuse it."""
    wrong = {answer.id for answer in ANSWERS if answer.says and answer.slug == lab.slug}
    assert set(refusals(lab.slug)) == wrong, f"python tests/refusals.py {lab.slug[:2]}"


def test_each_folder_of_files_belongs_to_an_answer():
    """Below tests/wrong and tests/right there is no folder that no answer uses."""
    folders = {folder for room in ("wrong", "right") for folder in (ROOT / "tests" / room).glob("[0-9][0-9]_*/*")}
    assert folders == {answer.folder for answer in ANSWERS if answer.whole}


@pytest.mark.parametrize("answer", ANSWERS, ids=names)
def test_answer_is_a_change_of_the_solution(answer):
    """An answer has files of its own, none of which is the solution's or the starter's."""
    for name, text in answer.files().items():
        for given in (answer.rooms.solutions / name, answer.rooms.starter / name):
            assert not given.exists() or read(given) != text, f"{answer.id}: its {name} is that of {given.parent}"


@each_judged
def test_starter_is_refused_by_its_own_exercise(lab, exercise):
    """Unsolved, an exercise is refused, and the verdict points into its own file."""
    verdict = check(exercise.id, "starter")[0]
    assert verdict.status == "refused", verdict.text
    assert verdict.look.startswith(f"starter/{lab.slug}/{exercise.file}"), verdict.text


@each_judged
def test_solution_passes(lab, exercise):
    """Solved, an exercise passes, and something was claimed for each of its acceptance lines."""
    verdict = check(exercise.id, "solutions")[0]
    assert verdict.status == "passed", verdict.text
    assert set(range(1, len(exercise.accept) + 1)) <= set(verdict.held_lines), f"{verdict.held_lines}"


def read(path):
    return path.read_text()
