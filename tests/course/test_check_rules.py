"""The labs' checks as source: what they have to keep to, whatever they judge."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from the_course import LABS, ROOT, names

CHECKS = sorted((ROOT / "tests/labs").glob("*.py"))
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
