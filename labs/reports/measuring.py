"""What the scripts beside this one share: where the course is, how to save a report, and how to act during a load."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from capsize.load import LoadReport

ROOT = Path(__file__).parents[2]
BEGINS = 2.5  # seconds of a load after which something happens to it


def keep(name: str, report: LoadReport) -> None:
    """Save a report as ``NAME.json`` in the folder that is named like the running script, and print a summary."""
    report.save(Path(sys.argv[0]).resolve().with_suffix("") / f"{name}.json")
    for request, tally in report.by_name.items():
        times = f"p50 {tally.latency.p50_ms:.1f} ms, p99 {tally.latency.p99_ms:.1f} ms, " if tally.latency else ""
        print(f"{name}: {request}: {len(tally.succeeded)} succeeded, {times}failed {dict(tally.reasons)}")


def during(load: Callable[[], LoadReport], act: Callable[[], object], begins: float = BEGINS) -> LoadReport:
    """Act during a load; return its report when both are over."""
    acting = threading.Timer(begins, act)
    acting.start()
    report = load()
    acting.join()
    return report
