"""What every test stands on: the checks' plugin, a small course, no skips in CI, and asyncio."""

from __future__ import annotations

import signal

import pytest

pytest_plugins = ["capsize.check.plugin", "no_skip", "small_course"]


def pytest_configure():
    """Hear Ctrl-C, and let what tests start hear it, also where a shell put the tests into the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio alone, as the kit does."""
    return "asyncio"
