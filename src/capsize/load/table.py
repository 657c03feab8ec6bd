"""Figures in rows, for a terminal and for a notebook. They change from run to run: tag the cells that show one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from capsize.load.bucket import Tally

if TYPE_CHECKING:
    from capsize.load.report import LoadReport

NOTHING = "-"
Row = tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Table:
    """A title, rows under a header, and notes in sentences. The first column is words, the others are figures."""

    title: str
    header: Row
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([self.title, *self._lines(), *self.notes])

    __repr__ = __str__

    def _lines(self) -> Iterator[str]:
        rows = (self.header, *self.rows)
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.header))]
        for row in rows:
            cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
            yield "  ".join([row[0].ljust(widths[0]), *cells]).rstrip()

    def _repr_html_(self) -> str:
        caption, head = f"<caption>{escape(self.title)}</caption>", _html_row(self.header, "th")
        body = "".join(_html_row(row, "td") for row in self.rows)
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>{notes}"


def _html_row(row: Row, tag: str) -> str:
    sides = ("left", *("right" for _ in row[1:]))
    cells = (f'<{tag} style="text-align:{side}">{escape(cell)}</{tag}>' for side, cell in zip(sides, row, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def overview(report: LoadReport) -> Table:
    """Sum a report up in a row per question."""
    rows = [
        ("offered", _count(report.offered)),
        ("sent", _count(report.sent)),
        *((("offered, not sent", _count(report.not_sent)),) if not report.closed else ()),
        ("succeeded", _count(report.succeeded)),
        ("failed", _count(report.failed)),
        *((f"  {reason}", _count(times)) for reason, times in report.reasons.items()),
        *((("unanswered at the end", _count(report.unanswered)),) if report.unanswered else ()),
        ("succeeded per second", rate(report.goodput)),
        ("p50", ms(report.p50_ms)),
        ("p90", ms(report.p90_ms)),
        ("p99", ms(report.p99_ms)),
        ("max", ms(report.max_ms)),
    ]
    return Table(settings(report), ("requests", ""), tuple(rows), tuple(notes(report)))


def by_name(report: LoadReport) -> Table:
    """Put the figures of each request name in a row, all of them in the last."""
    header = ("request", "succeeded", "failed", "per second", "p50", "p90", "p99", "max")
    names = sorted(report.by_name.items())
    rows = [_row(name, tally, report.measured) for name, tally in names]
    if len(names) > 1:
        rows.append(_row("all", report.total.tally, report.measured))
    return Table(settings(report), header, tuple(rows), tuple(notes(report)))


def _row(name: str, tally: Tally, seconds: float) -> Row:
    fast = tally.latency
    latencies = (fast.p50_ms, fast.p90_ms, fast.p99_ms, fast.max_ms) if fast else (None,) * 4
    counts = (_count(len(tally.succeeded)), _count(len(tally.failed)), rate(len(tally.succeeded) / seconds))
    return (name, *counts, *map(ms, latencies))


def settings(report: LoadReport) -> str:
    """Say what was run: ``20 users for 5 s, 100 requests/s offered``."""
    how = "closed loop" if report.rate is None else f"{report.rate:g} requests/s offered"
    ramp = f", joining over {report.ramp:g} s" if report.ramp else ""
    return f"{report.users} user{'s' * (report.users > 1)} for {report.seconds:g} s{ramp}, {how}"


def notes(report: LoadReport) -> Iterator[str]:
    """Say what a reader of the figures must know."""
    if report.closed:
        yield "A closed loop hides stalls: while the server stands still, users wait and offer it nothing."
    if report.interrupted:
        yield f"Interrupted after {report.measured:.1f} s of {report.seconds:g}."
    if report.saturated:
        yield "The load driver used more than 90 % of a core: these figures are the driver's, not the server's."
    for words, times in report.mistakes.items():
        yield f"The Locust file failed {times} times at {words}"


def ms(value: float | None) -> str:
    """Write milliseconds with three figures."""
    if value is None:
        return NOTHING
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.3g} ms"


def rate(value: float) -> str:
    """Write a rate per second."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _count(value: int) -> str:
    return f"{value:,}"
