"""What every test stands on: the checks' plugin, a small course, no skips in CI, and asyncio."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings
from the_course import EXERCISES, Answer

from capsize.exercises import Exercise

CHECKING = ("test_starter_is_refused", "test_solution_passes", "test_wrong_answer_is", "test_right_answer_passes")
# how long an example takes depends on who else is on the machine
settings.register_profile("course", deadline=None)
settings.load_profile("course")
pytest_plugins = ["capsize.check.plugin", "no_skip", "small_course"]


def pytest_configure(config):
    """Hear Ctrl-C, and let what tests start hear it, also where a shell put the tests into the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "docker: needs a Docker engine")
    config.addinivalue_line("markers", "alone: measures time, and wants the machine for itself")


def pytest_collection_modifyitems(items):
    """Mark the tests of exercises that want the machine for themselves, and keep the browser's tests in one process."""
    alone = {exercise.id for _, exercise in EXERCISES if exercise.alone}
    labs = {lab.slug for lab, exercise in EXERCISES if exercise.alone}
    for item in items:
        if alone & set(exercises_of(item)) or labs & set(labs_of(item)):
            item.add_marker(pytest.mark.alone)
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("browser"))


def labs_of(item):
    """Name the lab whose notebook, and so all of whose checks, a test runs."""
    if item.name.startswith("test_notebook_shows"):
        yield item.callspec.params["lab"].slug


def exercises_of(item):
    """Name the exercises that a test checks."""
    cases = getattr(item, "callspec", None)
    for case in cases.params.values() if cases and item.name.startswith(CHECKING) else ():
        if isinstance(case, Exercise):
            yield case.id
        elif isinstance(case, Answer):
            yield case.words["exercise"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio alone, as the kit does."""
    return "asyncio"
