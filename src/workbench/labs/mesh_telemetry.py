"""What a mesh's sidecars report without a line in any service: a waterfall of one checkout, and a panel of figures."""

from __future__ import annotations

from typing import Any

from capsize.check.kit import until
from capsize.load.picture import Picture
from capsize.load.table import Table
from shop.figures import figures
from workbench.labs.mesh_control import Meshside

WITHIN = 10.0  # seconds in which spans have been reported
COLOURS = {"orders": "#0072b2", "catalogue": "#e69f00", "payments": "#009e73", "catalogue-v2": "#cc79a7"}


async def checkout(mesh: Meshside, least: int = 5) -> list[dict[str, Any]]:
    """Place an order, and return the spans of its trace, as sidecars have reported them."""
    await mesh.order()
    found: list[dict[str, Any]] = []

    async def is_reported() -> bool:
        ordered = [line for line in mesh.lines("orders-proxy") if line["path"] == "/orders"]
        found[:] = await mesh.said("telemetry", f"/traces/{ordered[-1]['trace']}") if ordered else []
        return len(found) >= least

    await until(is_reported, "the sidecars report the spans of an order", within=WITHIN)
    return found


def depths(spans: list[dict[str, Any]]) -> dict[str, int]:
    """Return by span how many others it is inside of."""
    parents = {span["id"]: span["parent"] for span in spans}

    def depth(span: str) -> int:
        return 1 + depth(parents[span]) if parents.get(span) in parents else 0

    return {span: depth(span) for span in parents}


def waterfall(spans: list[dict[str, Any]]) -> Picture:
    """Draw the spans of a trace: one below the other, each from its beginning to its end."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 0.42 * len(spans) + 0.9), layout="constrained")
    FigureCanvasAgg(figure)
    axes, begin, deep = figure.subplots(), min(span["start"] for span in spans), depths(spans)
    for row, span in enumerate(spans):
        start, took = 1000 * (span["start"] - begin), 1000 * (span["end"] - span["start"])
        axes.broken_barh([(start, took)], (row - 0.35, 0.7), color=COLOURS.get(span["service"], "#8a8a8a"))
    names = [f"{'   ' * deep[span['id']]}{span['service']}: {span['name']}" for span in spans]
    axes.set_yticks(range(len(spans)), names, ha="left", fontsize=8)
    axes.tick_params(axis="y", pad=140, length=0)
    axes.invert_yaxis()
    axes.set_xlabel("milliseconds")
    return Picture(figure, "Waterfall of one checkout, a bar for each span")


def panel(page: str) -> Table:
    """Show from a sidecar's page of figures how the calls to each cluster were answered."""
    of = figures(page)
    names = ("catalogue", "catalogue-v2", "payments", "app")
    rows = [
        (name, *(_figure(of, "envoy_cluster_upstream_rq_xx", name, kind) for kind in "245"), *_more(of, name))
        for name in names
    ]
    return Table("calls by cluster", ("cluster", "2xx", "4xx", "5xx", "tried again", "TLS handshakes"), tuple(rows))


def _more(of: dict[tuple[str, str, str], float], name: str) -> list[str]:
    return [_figure(of, f"envoy_cluster_{figure}", name) for figure in ("upstream_rq_retry", "ssl_handshake")]


def _figure(of: dict[tuple[str, str, str], float], name: str, cluster: str, kind: str = "") -> str:
    return f"{of.get((name, cluster, kind), 0):.0f}"
