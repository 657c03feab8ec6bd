"""What every test stands on: asyncio for the asynchronous ones, and no skip where nothing may be skipped."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["capsize.check.plugin", "small_course"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio alone, as the kit does."""
    return "asyncio"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure where CAPSIZE_NO_SKIP=1 says that everything must run."""
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Do the same for a module that skips itself."""
    return _refuse_skip((yield))


def _refuse_skip(report):
    if report.outcome == "skipped" and not hasattr(report, "wasxfail") and os.environ.get("CAPSIZE_NO_SKIP") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"nothing may be skipped here (CAPSIZE_NO_SKIP=1): {reason}"
    return report
