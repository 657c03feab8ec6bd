"""The same load with more and more users: where throughput stops growing and waiting starts is the knee."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from capsize.load.recording import OnBucket
from capsize.load.report import LoadReport
from capsize.load.running import run, waited_for

ENOUGH = 0.8
USERS = (1, 2, 4, 8, 16, 32)
OnStep = Callable[[LoadReport], object] | None


async def sweep(
    locustfile: Path,
    host: str,
    *,
    users: Sequence[int] = USERS,
    seconds: float = 2,
    on_bucket: OnBucket = None,
    on_step: OnStep = None,
) -> list[LoadReport]:
    """Run a closed loop once per number of users, in that order; a cancel ends the sweep with what it has."""
    reports: list[LoadReport] = []
    for count in users:
        reports.append(await run(locustfile, host, users=count, seconds=seconds, on_bucket=on_bucket))
        if not _goes_on(reports, on_step):
            break
    return reports


def sweep_blocking(locustfile: Path, host: str, **settings: Any) -> list[LoadReport]:
    """Do what ``sweep`` does, and wait for it; Ctrl-C ends it as a cancel does."""
    return waited_for(sweep(locustfile, host, **settings))


def _goes_on(reports: Sequence[LoadReport], on_step: OnStep) -> bool:
    if on_step:
        on_step(reports[-1])
    return not reports[-1].interrupted


def knee(reports: Sequence[LoadReport]) -> LoadReport:
    """Find the knee: the fewest users that reach 80 % of the best throughput of the sweep."""
    best = max(report.goodput for report in reports)
    enough = [report for report in reports if report.goodput >= ENOUGH * best]
    return min(enough, key=lambda report: report.users)
