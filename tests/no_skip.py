"""Where CAPSIZE_NO_SKIP=1, as in CI, nothing may be skipped: a skip is a failure that gives its reason."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _refuse_skip((yield))


def _refuse_skip(report):
    if report.outcome == "skipped" and not hasattr(report, "wasxfail") and os.environ.get("CAPSIZE_NO_SKIP") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"nothing may be skipped here (CAPSIZE_NO_SKIP=1): {reason}"
    return report
