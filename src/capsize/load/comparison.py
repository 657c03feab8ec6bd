"""Two runs side by side, with ratios: absolute times are the machine's, ratios are the change's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from capsize.load.report import LoadReport
from capsize.load.table import NOTHING, Table, ms, notes, rate

if TYPE_CHECKING:
    from capsize.load.picture import Picture


@dataclass(frozen=True, repr=False)
class Comparison:
    """Before and after. ``ratio`` gives after divided by before; shown as a table, whose cell is to be tagged."""

    before: LoadReport
    after: LoadReport
    labels: tuple[str, str] = ("before", "after")

    def ratio(self, figure: str) -> float | None:
        """Divide after by before, for any figure of a report: ``p99_ms``, ``goodput``; None where either has none."""
        before, after = getattr(self.before, figure), getattr(self.after, figure)
        return after / before if before and after is not None else None

    def table(self) -> Table:
        """Put each figure in a row: before, after, ratio."""
        figures = ["offered", "sent", "not_sent", "succeeded", "failed", "rps", "goodput", "p50_ms", "p99_ms", "max_ms"]
        rows = tuple(self._row(figure) for figure in figures)
        said = [f"{label}: {note}" for label, report in self._labelled() for note in notes(report)]
        return Table(f"{self.labels[0]} and {self.labels[1]}", ("", *self.labels, "ratio"), rows, tuple(said))

    def plot(self) -> Picture:
        """Draw both runs over each other."""
        from capsize.load.plot import plot_comparison

        return plot_comparison(self)

    def __str__(self) -> str:
        return str(self.table())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def _labelled(self) -> tuple[tuple[str, LoadReport], ...]:
        return ((self.labels[0], self.before), (self.labels[1], self.after))

    def _row(self, figure: str) -> tuple[str, ...]:
        ratio = self.ratio(figure)
        values = (_written(figure, getattr(report, figure)) for _, report in self._labelled())
        return (NAMES[figure], *values, NOTHING if ratio is None else f"{ratio:.2f} x")


NAMES = {
    "offered": "offered",
    "sent": "sent",
    "not_sent": "offered, not sent",
    "succeeded": "succeeded",
    "failed": "failed",
    "rps": "answered per second",
    "goodput": "succeeded per second",
    "p50_ms": "p50",
    "p99_ms": "p99",
    "max_ms": "max",
}


def _written(figure: str, value: float | None) -> str:
    if figure.endswith("_ms"):
        return ms(value)
    return f"{value:,}" if isinstance(value, int) else rate(value or 0.0)


def compare(before: LoadReport, after: LoadReport, labels: tuple[str, str] = ("before", "after")) -> Comparison:
    """Put two reports side by side."""
    return Comparison(before, after, labels)
