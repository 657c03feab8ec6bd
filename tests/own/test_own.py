"""The tasks on your own: the same machinery as for exercises, and answers of their own, right and wrong."""

from __future__ import annotations

import pytest
from refusals import Refusal
from the_course import OWN, answers, check, names

from capsize.stack import compose

ANSWERS = answers("own")
each_task = pytest.mark.parametrize(("lab", "task"), OWN, ids=[task.id for _, task in OWN])


def of(task, *, wrong):
    return [answer for answer in ANSWERS if answer.exercise == task.id and bool(answer.says) == wrong]


def test_every_answer_still_applies():
    """Each text that an answer replaces is in its file of the solution, once."""
    misfits = [misfit for answer in ANSWERS for misfit in answer.misfits()]
    assert not misfits, "\n".join(["change these answers, for the solution has changed:", *misfits])


@each_task
def test_task_gives_nothing_away(lab, task):
    """There is no TODO and no hint; the lines that say when it counts as done are all there is."""
    assert not task.hints
    assert "TODO" not in (lab.rooms.starter / task.file).read_text()


@each_task
def test_tasks_stack_is_understood(lab, task):
    """Its Compose file is in the subset that the kit reads, and runs the solution where nothing else is said."""
    assert compose.read(lab.of(task).rooms.compose, {}).services


@each_task
def test_task_has_answers(lab, task):
    """There are three misconceptions for it, one or more for each line, and two other ways that are right."""
    wrong = of(task, wrong=True)
    assert len(wrong) >= 3
    assert {answer.line for answer in wrong} >= set(range(1, len(task.accept) + 1))
    assert len(of(task, wrong=False)) >= 2


@each_task
def test_task_that_is_not_begun_is_refused(lab, task):
    """As it is given, a task is refused, and the verdict points into its file and to no hint."""
    verdict = check(task.id, "starter")[0]
    assert verdict.status == "refused", verdict.text
    assert verdict.look.startswith(f"starter/{lab.slug}/{task.file}"), verdict.text
    assert not verdict.next


@each_task
def test_solution_passes(lab, task):
    """Solved, a task passes, and something was claimed for each of its acceptance lines."""
    verdict = check(task.id, "solutions")[0]
    assert verdict.status == "passed", verdict.text
    assert set(verdict.held_lines) >= set(range(1, len(task.accept) + 1))


@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer.says], ids=names)
def test_wrong_answer_is_refused_for_its_own_reason(answer, tmp_path):
    """A plausible misconception is refused for the line that it breaks."""
    verdict = check(answer.exercise, answer.laid_out(tmp_path))[0]
    faults = Refusal.faults(verdict, answer)
    assert not faults, "\n".join([*faults, verdict.text])


@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if not answer.says], ids=names)
def test_right_answer_passes(answer, tmp_path):
    """An answer that solves the task in another way than ours passes."""
    verdict = check(answer.exercise, answer.laid_out(tmp_path))[0]
    assert verdict.status == "passed", verdict.text
