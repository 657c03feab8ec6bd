"""Lab 09's loads, read: what became of the orders, and the curves that were measured for the course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from capsize.load import LoadReport

ORDERS, LOOKS = "POST /orders", "GET /items"
WAYS = {
    "naive": "naive retries",
    "deadline": "9.1 deadline",
    "retries": "9.2 retries",
    "breaker": "9.3 breaker",
    "bulkheads": "9.4 bulkheads",
    "door": "9.5 door",
}


def placed(report: LoadReport, last: int) -> int:
    """Count the orders that were placed in the last seconds of a load."""
    tallies = (step.requests.get(ORDERS) for step in report.per_second[-last:])
    return sum(len(tally.succeeded) for tally in tallies if tally)


def alone(report: LoadReport, name: str) -> LoadReport:
    """Return what became of the requests of one name, as if there had been no others."""
    each = ({name: one.requests[name]} if name in one.requests else {} for one in report.buckets)
    buckets = tuple(replace(one, requests=own) for one, own in zip(report.buckets, each, strict=True))
    return replace(report, buckets=buckets, rate=None)


def failed_looks(report: LoadReport) -> float:
    """Return the percentage of looks at the catalogue that failed."""
    tally = report.by_name[LOOKS]
    return 100 * len(tally.failed) / tally.answered


def curves(folder: Path) -> Mapping[str, Sequence[LoadReport]]:
    """Read the committed runs at several rates, by what kept payments from sinking, from ``labs/reports``."""
    found = {label: sorted(folder.glob(f"09_resilience/{way}_*.json")) for way, label in WAYS.items()}
    runs = {label: [LoadReport.load(file) for file in files] for label, files in found.items()}
    return {label: sorted(reports, key=lambda one: one.rate or 0) for label, reports in runs.items()}
