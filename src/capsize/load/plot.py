"""Draws reports: throughput above, latency below on a log axis, failures and the stack's timeline in both.

Uses matplotlib's figures directly, never pyplot, so that nothing is shared with the learner's own plots. Colours are
told apart by people who do not see red and green (Okabe and Ito's, with an orange that is dark enough for white
paper), and each line has a style of its own as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from capsize.load.bucket import Bucket
from capsize.load.picture import Picture
from capsize.load.report import LoadReport
from capsize.load.steps import knee
from capsize.load.table import settings

if TYPE_CHECKING:
    from capsize.load.backlog import Backlog
    from capsize.load.comparison import Comparison

PAPER, INK, FAINT = "#ffffff", "#222222", "#8a8a8a"
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072b2", "#c47f00", "#009e73", "#d55e00", "#cc79a7"
COLOURS = (RED, BLUE, GREEN, ORANGE, PURPLE, FAINT, INK)
BESIDE_THE_TOP: dict[str, Any] = {
    "xycoords": ("data", "axes fraction"),
    "xytext": (3, -3),
    "textcoords": "offset points",
}
LABEL = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 1}
CLOSE = 0.02  # of the plot's width, which the words of a mark need
FINE = 30.0  # seconds up to which each 250 ms bucket is drawn; longer runs are drawn per second


def plot(report: LoadReport) -> Picture:
    """Draw one run over time."""
    figure, (above, below) = _panels("seconds", settings(report))
    steps = _steps(report)
    _throughput(above, report, steps)
    for words, figure_of, colour, style in LATENCIES:
        _line(below, steps, figure_of, words, colour, style)
    _latency_axis(below)
    for axes in (above, below):
        _marks(axes, report, named=axes is above)
    return _picture(figure, (above, below), f"Plot of {report!r}")


def plot_comparison(comparison: Comparison) -> Picture:
    """Draw two runs over each other: what succeeded per second, and p99."""
    figure, (above, below) = _panels("seconds", " and ".join(comparison.labels))
    reports = (comparison.before, comparison.after)
    for report, label, colour, style in zip(reports, comparison.labels, (ORANGE, BLUE), ("--", "-"), strict=True):
        steps = _steps(report)
        _line(above, steps, lambda step: step.goodput, label, colour, style)
        _failures(above, steps, colour, f"failed, {label}")
        _line(below, steps, lambda step: step.p99_ms, f"p99, {label}", colour, style)
    above.set_ylabel("succeeded per second")
    above.set_ylim(bottom=0)
    _latency_axis(below)
    return _picture(figure, (above, below), f"Plot of {comparison.before!r} and {comparison.after!r}")


def plot_knee(reports: Sequence[LoadReport]) -> Picture:
    """Draw throughput and p99 against the number of users, with the knee marked."""
    figure, (above, below) = _panels("users", "throughput and latency against users")
    ordered = sorted(reports, key=lambda report: report.users)
    users = [report.users for report in ordered]
    above.plot(users, [report.goodput for report in ordered], "-o", color=BLUE, label="succeeded")
    below.plot(users, [_or_gap(report.p50_ms) for report in ordered], ":s", color=GREEN, label="p50")
    below.plot(users, [_or_gap(report.p99_ms) for report in ordered], "--o", color=PURPLE, label="p99")
    _points(above, "x", RED, "failed", [(r.users, r.failed / r.measured) for r in ordered if r.failed])
    _points(above, "s", FAINT, "the driver's limit", [(r.users, r.goodput) for r in ordered if r.saturated])
    above.set_ylabel("requests per second")
    above.set_ylim(bottom=0)
    _latency_axis(below)
    below.set_xscale("log", base=2)
    below.set_xticks(users, [str(count) for count in users])
    below.xaxis.set_minor_formatter(NullFormatter())
    for axes in (above, below):
        axes.axvline(knee(ordered).users, color=FAINT, linestyle="-.", label="knee")
    return _picture(figure, (above, below), f"Plot of {len(users)} runs")


def plot_copies(reports: Mapping[int, LoadReport], *, cores: int | None = None) -> Picture:
    """Draw throughput and p99 against the number of copies, with what each would add if nothing were shared."""
    figure, (above, below) = _panels("copies", f"the same load by {_users(reports)} users against copies")
    copies, ordered = sorted(reports), [reports[count] for count in sorted(reports)]
    alone = ordered[0].goodput / copies[0]
    above.plot(copies, [alone * count for count in copies], ":", color=FAINT, label="as many times as one")
    above.plot(copies, [report.goodput for report in ordered], "-o", color=BLUE, label="succeeded")
    failed = [(count, reports[count].failed / reports[count].measured) for count in copies if reports[count].failed]
    _points(above, "x", RED, "failed", failed)
    below.plot(copies, [_or_gap(report.p50_ms) for report in ordered], ":s", color=GREEN, label="p50")
    below.plot(copies, [_or_gap(report.p99_ms) for report in ordered], "--o", color=PURPLE, label="p99")
    above.set_ylabel("requests per second")
    above.set_ylim(bottom=0)
    _latency_axis(below)
    below.set_xticks(copies)
    for axes in (above, below) if cores in copies else ():
        axes.axvline(cores, color=FAINT, linestyle="-.", label="cores of this machine")
    return _picture(figure, (above, below), f"Plot of {len(copies)} numbers of copies")


def plot_names(report: LoadReport, names: Mapping[str, str]) -> Picture:
    """Draw requests of one run beside each other, each name with its label: what succeeded per second, p50 and p99."""
    figure, (above, below) = _panels("seconds", settings(report))
    steps, looks = report.per_second, zip((GREEN, ORANGE, BLUE, PURPLE), ("-", "--", "-.", ":"), strict=True)
    for (name, label), (colour, style) in zip(names.items(), looks, strict=False):
        own = [_of_name(step, name) for step in steps]
        _line(above, own, lambda step: step.goodput, label, colour, style)
        _line(below, own, lambda step: step.p50_ms, f"p50, {label}", colour, style)
        ends = [(_middle(step), step.p99_ms) for step in own if step.p99_ms is not None]
        _points(below, "^", colour, f"p99, {label}", ends)
    above.set_ylabel("succeeded per second")
    above.set_ylim(bottom=0)
    _latency_axis(below)
    return _picture(figure, (above, below), f"Plot of {', '.join(names.values())}")


def plot_backlog(backlog: Backlog) -> Picture:
    """Draw a queue over time: its depth above, the age of its oldest message below."""
    figure, (above, below) = _panels("seconds", f"the queue {backlog.name}")
    at = [look.at for look in backlog.looks]
    above.plot(at, [look.depth for look in backlog.looks], "-", color=BLUE, label="messages")
    below.plot(at, [look.oldest for look in backlog.looks], "--", color=PURPLE, label="age of the oldest")
    above.set_ylabel("messages in the queue")
    below.set_ylabel("seconds")
    for axes in (above, below):
        axes.set_ylim(bottom=0)
    return _picture(figure, (above, below), f"Plot of {backlog!r}")


def plot_goodput(curves: Mapping[str, Sequence[LoadReport]], name: str) -> Picture:
    """Draw what succeeded of one name, each second, against what was offered of it: a line for each label."""
    figure, (above, below) = _panels("offered per second", f"{name} against offered load")
    styles = ("-", "--", "-.", ":")
    for number, (label, reports) in enumerate(curves.items()):
        look = {"color": COLOURS[number % len(COLOURS)], "linestyle": styles[number % len(styles)], "marker": "o"}
        runs = [(_offered(one, name), one.measured, one.by_name[name]) for one in reports]
        offered = [run[0] for run in runs]
        above.plot(offered, [len(tally.succeeded) / seconds for _, seconds, tally in runs], label=label, **look)
        medians = [_or_gap(tally.latency.p50_ms if tally.latency else None) for _, _, tally in runs]
        below.plot(offered, medians, label=f"p50, {label}", **look)
    above.set_ylabel("succeeded per second")
    above.set_ylim(bottom=0)
    _latency_axis(below)
    return _picture(figure, (above, below), f"Plot of {len(curves)} curves")


def _offered(report: LoadReport, name: str) -> float:
    """Return how often each second a request of that name was sent, answered or not."""
    return report.by_name[name].answered / report.measured


def _of_name(step: Bucket, name: str) -> Bucket:
    """Return a step with the requests of one name alone."""
    return replace(step, requests={name: step.requests[name]} if name in step.requests else {})


def _users(reports: Mapping[int, LoadReport]) -> str:
    return " or ".join(str(users) for users in sorted({report.users for report in reports.values()}))


LATENCIES: tuple[tuple[str, Callable[[Bucket], float | None], str, str], ...] = (
    ("max", lambda step: step.max_ms, FAINT, ":"),
    ("p99", lambda step: step.p99_ms, PURPLE, "--"),
    ("p90", lambda step: step.p90_ms, ORANGE, "-."),
    ("p50", lambda step: step.p50_ms, GREEN, "-"),
)


def _panels(across: str, title: str) -> tuple[Any, tuple[Any, Any]]:
    figure = Figure(figsize=(7.6, 4.8), facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True)
    above.set_title(title, color=INK, fontsize=10, loc="left")
    below.set_xlabel(across)
    for axes in (above, below):
        axes.set_facecolor(PAPER)
        axes.grid(visible=True, color="#dddddd", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    return figure, (above, below)


def _picture(figure: Any, panels: tuple[Any, Any], title: str) -> Picture:
    for axes in panels:
        axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, labelcolor=INK)
        axes.tick_params(colors=INK, labelsize=8)
        axes.xaxis.label.set_color(INK)
        axes.yaxis.label.set_color(INK)
        axes.yaxis.label.set_fontsize(9)
    return Picture(figure, title)


def _steps(report: LoadReport) -> Sequence[Bucket]:
    return report.buckets if report.measured <= FINE else report.per_second


def _middle(step: Bucket) -> float:
    return step.at + step.seconds / 2


def _line(
    axes: Any, steps: Sequence[Bucket], of: Callable[[Bucket], float | None], label: str, colour: str, style: str
) -> None:
    middles, heights = [_middle(step) for step in steps], [_or_gap(of(step)) for step in steps]
    axes.plot(middles, heights, style, marker=".", markersize=4, color=colour, label=label)


def _throughput(axes: Any, report: LoadReport, steps: Sequence[Bucket]) -> None:
    if not report.closed:
        middles, offered = [_middle(step) for step in steps], [step.offered / step.seconds for step in steps]
        sent = [min(step.sent, step.offered) / step.seconds for step in steps]
        axes.plot(middles, offered, ":", color=INK, label="offered")
        axes.fill_between(middles, sent, offered, color=FAINT, alpha=0.25, hatch="//", label="offered, not sent")
    _line(axes, steps, lambda step: step.goodput, "succeeded", BLUE, "-")
    _failures(axes, steps, RED, "failed")
    axes.set_ylabel("requests per second")
    axes.set_ylim(bottom=0)


def _failures(axes: Any, steps: Sequence[Bucket], colour: str, label: str) -> None:
    _points(axes, "x", colour, label, [(_middle(step), step.failed / step.seconds) for step in steps if step.failed])


def _points(axes: Any, shape: str, colour: str, label: str, points: Sequence[tuple[float, float]]) -> None:
    if points:
        axes.plot(*zip(*points, strict=True), shape, color=colour, label=label)


def _latency_axis(axes: Any) -> None:
    axes.set_yscale("log")
    axes.set_ylabel("latency, ms")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _marks(axes: Any, report: LoadReport, named: bool) -> None:
    axes.set_xlim(0, report.measured)
    for at, texts in _at_once(report.marks, CLOSE * report.measured):
        axes.axvline(at, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
        if named:
            text = texts[0] if len(texts) == 1 else f"{texts[0]}, {len(texts) - 1} more"
            axes.annotate(text, (at, 1.0), rotation=90, va="top", fontsize=7, color=INK, bbox=LABEL, **BESIDE_THE_TOP)


def _at_once(marks: Sequence[tuple[float, str]], width: float) -> list[tuple[float, list[str]]]:
    """Put marks together that are too close for words of their own; first what was done to a wire, the cause."""
    groups: list[tuple[float, list[str]]] = []
    for at, text in marks:
        if groups and at - groups[-1][0] < width:
            groups[-1][1].insert(0 if ">" in text else len(groups[-1][1]), text)
        else:
            groups.append((at, [text]))
    return groups


def _or_gap(value: float | None) -> float:
    return float("nan") if value is None else value
