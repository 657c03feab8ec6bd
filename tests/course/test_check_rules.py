"""The labs' checks as source: what they have to keep to, whatever they judge."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from the_course import EXERCISES, LABS, ROOT, answers, names

CHECKS = sorted((ROOT / "tests/labs").glob("*.py"))
WRONG = answers("wrong")
NUMBERED = {answer.slug for answer in WRONG if answer.line is not None}  # labs whose answers name the lines they break
# these say whether what was awaited came true
WAITS = ("came_true", "until_called", "until_done", "until_read", "until_shown", "until_used")


def dropped(tree: ast.AST) -> Iterator[int]:
    """Yield the lines at which a wait's result is dropped: ``await came_true(...)`` as a statement."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Await(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)))):
                if name in WAITS:
                    yield node.lineno


def lines_of(file: Path) -> list[str]:
    return [f"{file.name}:{line}" for line in dropped(ast.parse(file.read_text(encoding="utf-8")))]


def test_a_wait_for_nothing_is_seen():
    """The lint finds a wait whose result is dropped, and lets one pass whose result is used."""
    drops = "async def a():\n  await came_true(b, 1)\n  await quay.until_read('c')\n"
    uses = "  d = await came_true(b, 1)\n  await until(b)\n"
    assert list(dropped(ast.parse(drops + uses))) == [2, 3]


def test_no_check_goes_on_as_if_it_had_not_waited():
    """What a check waits for is an expectation: it is claimed, or ``until`` refuses where it does not come true."""
    assert not [line for file in CHECKS for line in lines_of(file)]


@pytest.mark.parametrize("lab", LABS, ids=names)
def test_each_check_changes_what_its_stack_has(lab, monkeypatch):
    """A check that names a service or a setting that its lab does not have is found without running it."""
    monkeypatch.syspath_prepend(str(lab.rooms.checks.parent))
    module = importlib.import_module(lab.rooms.checks.stem)
    marks = [mark for test in vars(module).values() for mark in getattr(test, "pytestmark", ())]
    changes = [mark.kwargs["changed"] for mark in marks if mark.kwargs.get("changed")]
    model = lab.model()
    assert all(change(model).services for change in changes)


def unbroken() -> Iterator[str]:
    """List the acceptance lines that no wrong answer breaks, of the labs whose answers name them."""
    for lab, exercise in EXERCISES:
        if lab.slug in NUMBERED:
            broken = {answer.line for answer in WRONG if answer.exercise == exercise.id}
            lines = enumerate(exercise.accept, 1)
            yield from (f"{exercise.id} {number}. {words}" for number, words in lines if number not in broken)


def test_each_acceptance_line_has_a_wrong_answer_that_breaks_it():
    """What counts as done is checked line by line: for each there is a misconception that is refused for it."""
    lines = list(unbroken())
    assert not lines, "\n".join(["no wrong answer breaks", *lines])
