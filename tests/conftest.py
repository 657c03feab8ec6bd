"""What every test stands on: the checks' plugin, a small course, no skips in CI, and asyncio."""

from __future__ import annotations

import pytest

pytest_plugins = ["capsize.check.plugin", "no_skip", "small_course"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio alone, as the kit does."""
    return "asyncio"
