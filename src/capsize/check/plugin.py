"""The pytest side of a check: the ``exercise`` mark, the fixtures ``stack`` and ``judge``, and the report of each test.

CI runs ``pytest tests/labs --code solutions`` with it; ``capsize check`` runs it in a child and reads the reports.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from capsize.check import code_folder, given_up
from capsize.check.attribution import refusal_of_start
from capsize.check.decorator import DEADLINE
from capsize.check.draw import seed_of
from capsize.check.given_parts import refusal_of_missing
from capsize.check.giving_up import within
from capsize.check.judge import Judge, Refusal
from capsize.check.kit.machine_load import Neighbours
from capsize.check.log_analysis import LogAnalysis
from capsize.check.outcome import Outcome, unjudged
from capsize.check.report import Reporter
from capsize.check.verdict import Verdict
from capsize.course import Course, Lab
from capsize.course.exercises import Exercise
from capsize.errors import CapsizeError
from capsize.session.hosts import PROCESSES

if TYPE_CHECKING:
    from capsize.session.running import RunningStack
    from capsize.stack.model import Stack

LAB = pytest.StashKey[Lab]()
JUDGE = pytest.StashKey[Judge]()
LOGS = pytest.StashKey[LogAnalysis]()
VERDICT = pytest.StashKey[Verdict]()
REPORTER = pytest.StashKey[Reporter]()
SEED = pytest.StashKey[int]()
NEIGHBOURS = pytest.StashKey[Neighbours]()
CONTAINERS = 90.0  # seconds that a check may take longer where its stack is made of containers


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("capsize")
    group.addoption("--code", default=None, help="the learner's files: work, starter, solutions or a folder")
    group.addoption("--on", default=PROCESSES, help="what runs the stacks: processes or docker")
    group.addoption("--exercise", default=None, help="run the checks of this exercise alone")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exercise(id, deadline): the exercise that this test judges")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.stash.get(REPORTER, None)
    if reporter:
        reporter.send(over=int(exitstatus))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.option.exercise
    if wanted:
        kept = [item for item in items if _exercise_id(item) == wanted]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    if item.get_closest_marker("exercise") is None:
        return (yield)
    _send(item, begin=item.nodeid, deadline=deadline_of(item))
    result = yield
    verdict = item.stash.get(VERDICT, None) or unjudged(_exercise_id(item) or "", ["the test ended without a result"])
    _send(item, end=item.nodeid, verdict=verdict.to_json())
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if (id := _exercise_id(item)) is not None:  # noqa: A001 - what a learner calls it
        known = (item.stash.get(JUDGE, None), item.stash.get(LOGS, None), item.stash.get(VERDICT, None))
        verdict = Outcome(id, *known, item.stash.get(NEIGHBOURS, None)).verdict(
            call.excinfo.value if call.excinfo else None, report
        )
        if verdict is not None:
            item.stash[VERDICT] = verdict
            _show(report, verdict)
    return report


def _show(report: pytest.TestReport, verdict: Verdict) -> None:
    """Have pytest itself show a refusal as a verdict, and fail a check that passed without claiming anything."""
    is_empty = report.passed and verdict.status == "unjudged"
    if verdict.status == "refused" or is_empty:
        report.outcome, report.longrepr = "failed", verdict.text


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Measure from here on what else this machine does."""
    if _exercise_id(item) is not None:
        item.stash[NEIGHBOURS] = Neighbours()
        given_up.begin()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an async check on asyncio; no other plugin is needed for it."""
    if _exercise_id(pyfuncitem) is None or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    import anyio

    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in names}

    async def run() -> None:
        await within(deadline_of(pyfuncitem), pyfuncitem.obj(**arguments), pyfuncitem.stash[NEIGHBOURS])

    anyio.run(run, backend="asyncio")
    return True


def deadline_of(item: pytest.Item) -> float:
    """Say how many seconds the test has; the process that asked for it waits a little longer."""
    mark = item.get_closest_marker("exercise")
    seconds = float(mark.kwargs.get("deadline") or DEADLINE) if mark else DEADLINE
    return seconds + (0.0 if item.config.option.on == PROCESSES else CONTAINERS)


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """The judge of the test's exercise."""
    lab = _lab(request.node)
    seed = request.config.stash.setdefault(SEED, seed_of())
    request.node.stash[JUDGE] = found = Judge(_exercise(request.node, lab), lab.code(), seed)
    before = code_folder.state(found.code)
    yield found
    _refuse(request.node, code_folder.changed(found.code, before))


@pytest.fixture
def stack(request: pytest.FixtureRequest, judge: Judge) -> Iterator[RunningStack]:
    """A stack of the lab that nobody used before, with the learner's files; always taken down, to the last process."""
    from capsize.check.leak_check import pids_of, refuse_remains
    from capsize.check.shared_disk import shared_file

    item = request.node
    lab = _lab(item)
    with contextlib.ExitStack() as undo:
        undo.callback(lab.down)
        running = _start(lab, judge.code, item)
        item.stash[LOGS] = LogAnalysis(running, judge.code)
        pids = pids_of(running)
        yield running
        pids |= pids_of(running)
        shared = shared_file(running, judge.code)
        _hurry(item.stash[LOGS])
    refuse_remains(pids)
    _refuse(item, shared)


def _refuse(item: pytest.Item, refusal: Refusal | None) -> None:
    """Refuse what the test itself did not refuse."""
    verdict = item.stash.get(VERDICT, None)
    if refusal and not (verdict and verdict.status == "refused"):
        raise refusal


def _hurry(logs: LogAnalysis) -> None:
    """End the learner's processes at once: the verdict need not wait for one that does not hear SIGTERM."""
    for instance in logs.instances:
        with contextlib.suppress(CapsizeError):
            instance.kill()


def _start(lab: Lab, code: Path, item: pytest.Item) -> RunningStack:
    mark = item.get_closest_marker("exercise")
    asked = mark.kwargs if mark else {}
    if (why := asked.get("uncontained")) and item.config.option.on != PROCESSES:
        raise CapsizeError(f"this check cannot run on Docker: {why}", next="leave out --on docker")
    model = None
    try:
        model = (asked.get("changed") or _as_it_is)(lab.model())
        return lab.up(on=item.config.option.on, model=model, wait=asked.get("wait", True))
    except CapsizeError as error:
        refused = refusal_of_start(error, model, code) or refusal_of_missing(lab, _exercise(item, lab), code)
        if refused:
            raise refused from error
        raise


def _as_it_is(model: Stack) -> Stack:
    return model


def _lab(item: pytest.Item) -> Lab:
    """Find the lab that a check module belongs to by its name: test_01_monolith.py, or own_01_monolith.py."""
    if LAB not in item.stash:
        kind, _, slug = item.path.stem.partition("_")
        lab = Course(item.path.parents[2]).lab(slug, item.config.option.code or _default_code())
        item.stash[LAB] = lab.of(lab.own) if kind == "own" and lab.own else lab
    return item.stash[LAB]


def _default_code() -> str:
    import os

    return os.environ.get("CAPSIZE_CODE") or "solutions"


def _exercise(item: pytest.Item, lab: Lab) -> Exercise:
    id = _exercise_id(item)  # noqa: A001 - what a learner calls it
    if id is None:
        raise CapsizeError(f"{item.name} judges no exercise", expected='@exercise("1.1") above it')
    return lab.exercise(id)


def _exercise_id(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker("exercise")
    return str(mark.args[0]) if mark and mark.args else None


def _send(item: pytest.Item, **message: Any) -> None:
    reporter = item.config.stash.get(REPORTER, None)
    if reporter:
        reporter.send(**message)
