"""At the end of a run: where its time went, by kind and by lab, and the ten slowest tests.

Seconds are of tests, several of which run at a time; CPU seconds include the processes that a test has seen end.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from one_lab import owners

BEGAN, SPENT = pytest.StashKey[float](), "spent"
SLOWEST = 10
LONG = 60.0  # seconds of tests from which on it is told
ALL = "all labs"


@dataclass(frozen=True)
class Spent:
    """What one test took."""

    test: str
    lab: str
    seconds: float
    cpu: float

    @cached_property
    def kind(self) -> str:
        """The room of the test; a bank of answers is told apart, and so is a folder of tests/local."""
        path, _, name = self.test.partition("::")
        match Path(path).parts:
            case ("tests", "wrong", *_):
                return "right answers" if name.startswith("test_right") else "wrong answers"
            case ("tests", "course", "test_matrix.py"):
                return "matrix"
            case ("tests", "local", folder, _):
                return folder
            case (_, room, *_):
                return room
        return path


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of those of its children that have ended."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    item.stash[BEGAN] = cpu_seconds()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "teardown":
        report.user_properties.append((SPENT, (*owners(item), "")[0], round(cpu_seconds() - item.stash[BEGAN], 3)))
    return report


def pytest_terminal_summary(terminalreporter):
    spent = list(tests_of(terminalreporter.stats))
    if sum(test.seconds for test in spent) >= LONG:
        terminalreporter.section("where the time went")
        for line in told(spent):
            terminalreporter.line(line)


def tests_of(stats):
    """Put the phases of each test together."""
    seconds, ends = Counter(), {}
    for report in (one for many in stats.values() for one in many if isinstance(one, pytest.TestReport)):
        seconds[report.nodeid] += report.duration
        for _, *words in (one for one in report.user_properties if one[0] == SPENT):
            ends[report.nodeid] = words
    for test, (lab, cpu) in ends.items():
        yield Spent(test, lab, seconds[test], cpu)


def told(spent):
    """Write the table of seconds and the slowest tests."""
    labs = [*sorted({test.lab for test in spent if test.lab}), ALL]
    kinds = Counter[str]()
    for test in spent:
        kinds[test.kind] += test.seconds
    yield row("seconds", *(lab[:2] if lab != ALL else "all" for lab in labs), "sum", "CPU")
    for kind in [*sorted(kinds, key=kinds.__getitem__, reverse=True), ""]:
        mine = [test for test in spent if not kind or test.kind == kind]
        each = [sum(test.seconds for test in mine if (test.lab or ALL) == lab) for lab in labs]
        yield row(kind or "sum", *(f"{seconds:.0f}" if seconds else "" for seconds in each), *sums(mine))
    yield f"the {SLOWEST} slowest:"
    for test in sorted(spent, key=lambda test: test.seconds, reverse=True)[:SLOWEST]:
        yield f"{test.seconds:8.1f} s, {test.cpu:.1f} of CPU: {test.test}"


def sums(spent):
    """Write the seconds and the CPU seconds of some tests."""
    return f"{sum(test.seconds for test in spent):.0f}", f"{sum(test.cpu for test in spent):.0f}"


def row(name, *figures):
    return f"{name:<16}" + "".join(f"{figure:>7}" for figure in figures)
