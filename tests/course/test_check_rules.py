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
WORKBENCH = sorted((ROOT / "src/workbench").rglob("*.py"))
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def waits() -> set[str]:
    """List what says whether something came true: ``came_true``, and each ``until_…`` that always returns something."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (*WORKBENCH, *CHECKS)]
    named = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.AsyncFunctionDef)]
    told, silent = ({one.name for one in named if _is_silent(one) is silent} for silent in (False, True))
    return {"came_true", *(name for name in told - silent if name.startswith("until_"))}


def _is_silent(function: ast.AsyncFunctionDef) -> bool:
    return isinstance(function.returns, ast.Constant) and function.returns.value is None


WAITS = waits()


def dropped(tree: ast.AST) -> list[int]:
    """List the lines at which a wait's result is dropped: awaited as a statement, or given a name that nobody reads."""
    found = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.Expr) and _waits_in(node.value)}
    for function in (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)):
        read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        found |= {
            node.lineno
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and _waits_in(node.value) and not _named(node.targets) & read
        }
    return sorted(found)


def _waits_in(value: ast.AST) -> bool:
    """Say whether a statement awaits no more than waits: ``await came_true(…)``, alone or several at once."""
    match value:
        case ast.Await(
            value=ast.Call(
                func=ast.Name(id="gather" | "wait_for") | ast.Attribute(attr="gather" | "wait_for"), args=args
            )
        ):
            return any(isinstance(one, ast.Call) and _called(one) in WAITS for one in args)
        case ast.Await(value=ast.Call() as call):
            return _called(call) in WAITS
    return False


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _named(targets: list[ast.expr]) -> set[str]:
    """List the names that are given; what goes into an attribute or an item counts as read."""
    kept = [node for target in targets for node in ast.walk(target)]
    if any(isinstance(node, ast.Attribute | ast.Subscript) for node in kept):
        return {"self"}
    return {node.id for node in kept if isinstance(node, ast.Name)}


def lines_of(file: Path) -> list[str]:
    return [f"{file.name}:{line}" for line in dropped(ast.parse(file.read_text(encoding="utf-8")))]


DROPS = """\
async def drops():
    await came_true(b, 1)
    await quay.until_done("bank", orders)
    _ = await came_true(b, 1)
    found = await came_true(b, 1)
    await asyncio.wait_for(came_true(b, 1), 2)
    await asyncio.gather(came_true(b, 1), came_true(c, 1))


async def uses():
    found = await came_true(b, 1)
    judge.claim(found, "c")
    self.found = await came_true(b, 1)
    await until(b, "c", within=1)
    return await came_true(b, 1)
"""


def test_a_wait_for_nothing_is_seen():
    """The lint finds a wait whose result is dropped, in each form, and lets one pass whose result is used."""
    assert dropped(ast.parse(DROPS)) == [2, 3, 4, 5, 6, 7]


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
    """List the acceptance lines that no wrong answer breaks."""
    for _, exercise in EXERCISES:
        broken = {answer.line for answer in WRONG if answer.exercise == exercise.id}
        lines = enumerate(exercise.accept, 1)
        yield from (f"{exercise.id} {number}. {words}" for number, words in lines if number not in broken)


def test_each_acceptance_line_has_a_wrong_answer_that_breaks_it():
    """What counts as done is checked line by line: for each there is a misconception that is refused for it."""
    lines = list(unbroken())
    assert not lines, "\n".join(["no wrong answer breaks", *lines])
