"""What every test stands on: the checks' plugin, a small course, no skips in CI, and asyncio."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

# how long an example takes depends on who else is on the machine
settings.register_profile("course", deadline=None)
settings.load_profile("course")
pytest_plugins = [
    "alone",
    "capsize.check.plugin",
    "groups",
    "no_skip",
    "one_lab",
    "seeds",
    "bank",  # asks seeds what judges
    "small_course",
    "where_time_went",
]


def pytest_addoption(parser):
    """Take how long the soak is: few rounds among all tests, a hundred each week."""
    group = parser.getgroup("capsize")
    group.addoption("--rounds", type=int, default=4, help="how many stacks the soak kills parts of")
    group.addoption("--seed", type=int, default=0, help="which draw of victims and instants it takes")


def pytest_configure(config):
    """Hear Ctrl-C, and let what tests start hear it, also where a shell put the tests into the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "docker: needs a Docker engine")


def pytest_collection_modifyitems(items):
    """Keep a module of browser tests in one process: its tests share a Chromium."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio alone, as the kit does."""
    return "asyncio"
