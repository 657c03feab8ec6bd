"""Reports as files: JSON that is read back equal, CSV with a row per second."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsize import files
from capsize.errors import CapsizeError
from capsize.load.bucket import Bucket, from_message, to_message

if TYPE_CHECKING:
    from capsize.load.report import LoadReport

FORMAT = 1
SETTINGS = ("users", "seconds", "rate", "ramp", "locustfile", "host", "started", "measured", "interrupted")
COLUMNS = (
    "second",
    "offered",
    "sent",
    "not_sent",
    "succeeded",
    "failed",
    "rps",
    "in_flight",
    "p50_ms",
    "p90_ms",
    "p99_ms",
    "max_ms",
    "reasons",
    "marks",
)


def save(report: LoadReport, path: Path) -> Path:
    """Write a report as JSON."""
    words = {
        "format": FORMAT,
        **{name: getattr(report, name) for name in SETTINGS},
        "marks": [list(mark) for mark in report.marks],
        "mistakes": dict(report.mistakes),
        "buckets": [to_message(bucket) for bucket in report.buckets],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    return files.replace(path, json.dumps(words, separators=(",", ":")) + "\n")


def load(path: Path) -> LoadReport:
    """Read what ``save`` wrote; anything else is refused by name."""
    from capsize.load.report import LoadReport

    try:
        words = json.loads(path.read_text(encoding="utf-8"))
        if words["format"] != FORMAT:
            raise ValueError(f"format {words['format']}")
        return LoadReport(
            **{name: words[name] for name in SETTINGS},
            marks=tuple((at, text) for at, text in words["marks"]),
            mistakes=words["mistakes"],
            buckets=tuple(from_message(bucket, bucket["offered"]) for bucket in words["buckets"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CapsizeError(
            "this is not a saved load report",
            place=path,
            expected=f"a file written by LoadReport.save, format {FORMAT}",
            got=f"{type(error).__name__}: {error}",
        ) from error


def to_csv(report: LoadReport, path: Path) -> Path:
    """Write one row per second, empty where nothing was answered."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(_rows(report))
    return path


def _rows(report: LoadReport) -> Iterator[dict[str, Any]]:
    for second in report.per_second:
        marks = [f"{at:g} {text}" for at, text in report.marks if second.at <= at < second.elapsed]
        plain = {name: _number(getattr(second, name)) for name in COLUMNS[1:-2]}
        reasons = "; ".join(f"{reason}={times}" for reason, times in second.reasons.items())
        yield {"second": _number(second.at), **plain, "reasons": reasons, "marks": "; ".join(marks)}


def sums(report: LoadReport) -> dict[str, Any]:
    """Give a report's sums as plain data."""
    return {
        **{name: getattr(report, name) for name in SETTINGS},
        **_figures(report.total),
        "unanswered": report.unanswered,
        "saturated": report.saturated,
        "reasons": dict(report.reasons),
        "mistakes": dict(report.mistakes),
        "marks": [list(mark) for mark in report.marks],
        "littles_law": report.littles_law()._asdict(),
        "by_name": {
            name: {
                "succeeded": len(tally.succeeded),
                "failed": len(tally.failed),
                "latency": asdict(tally.latency) if tally.latency else None,
            }
            for name, tally in report.by_name.items()
        },
    }


def _figures(bucket: Bucket) -> dict[str, Any]:
    names = ("offered", "sent", "not_sent", "succeeded", "failed", "rps", "goodput", "in_flight", "cpu")
    figures = {name: getattr(bucket, name) for name in names}
    return {**figures, **{name: getattr(bucket, name) for name in ("p50_ms", "p90_ms", "p99_ms", "max_ms")}}


def _number(value: float | None) -> float | str:
    return "" if value is None else round(value, 3)
