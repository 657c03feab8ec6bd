"""What checks draw in tests: from one seed, so that a run can be had again, or over several, ``pytest --seeds 5``.

``CAPSIZE_SEED`` says which seed, or the first of several.
"""

from __future__ import annotations

import os

import pytest
import the_course

from capsize.check.draw import SEED, seed_of

FIRST = 1


def pytest_addoption(parser):
    parser.getgroup("capsize").addoption("--seeds", type=int, default=1, help="judge each answer over so many seeds")


def pytest_configure(config):
    os.environ.setdefault(SEED, str(FIRST))


def pytest_generate_tests(metafunc):
    """Have whatever judges an answer do so once for each seed, where several are asked for."""
    if metafunc.config.option.seeds > 1 and judges(metafunc.function):
        first = seed_of()
        seeds = range(first, first + metafunc.config.option.seeds)
        metafunc.parametrize("seed", seeds, indirect=True, ids=[f"seed {number}" for number in seeds])


def judges(test):
    """Say whether a test has the course's answers, its starter or its solutions checked."""
    return "check" in test.__code__.co_names and test.__globals__.get("check") is the_course.check


@pytest.fixture(autouse=True)
def seed(request):
    """Have what a test judges draw from the seed that it stands for, where it stands for one.

    Its own patch: pytest's monkeypatch, begun before a test's other fixtures, would undo after they have.
    """
    with pytest.MonkeyPatch.context() as patch:
        if hasattr(request, "param"):
            patch.setenv(SEED, str(request.param))
        yield
