"""What a mesh's sidecars report without a line in any service: a waterfall of one checkout, and a panel of figures."""

from __future__ import annotations

from typing import Any

from capsize.check.kit import browser, until
from capsize.load import plot
from capsize.load.picture import Picture
from capsize.load.table import Table
from shop.figures import figures
from workbench.labs.mesh_control import Meshside

WITHIN = 10.0  # seconds in which spans have been reported
CLUSTERS = ("catalogue", "catalogue-v2", "payments")  # what the sidecar of orders calls by mTLS
ACTIVE, MORE = "envoy_cluster_upstream_cx_active", ("upstream_rq_retry", "ssl_handshake")
COLOURS = {"orders": plot.BLUE, "catalogue": plot.ORANGE, "payments": plot.GREEN, "catalogue-v2": plot.PURPLE}


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


async def page_now(mesh: Meshside) -> str:
    """Read the figures of the sidecar of orders, in Prometheus' format."""
    async with browser(mesh.stack, "orders-proxy") as prometheus:
        return (await prometheus.get("/stats/prometheus")).raise_for_status().text


async def page(mesh: Meshside) -> str:
    """Read the figures of the sidecar of orders, once its connections to other sidecars have ended.

    Each lasts half a second; the first call after that opens one anew, in every run.
    """

    async def when_quiet() -> str | None:
        found = await page_now(mesh)
        return None if any(figures(found).get((ACTIVE, cluster, "")) for cluster in CLUSTERS) else found

    found: str = await until(when_quiet, "the connections between the sidecars have ended", within=WITHIN)
    return found


def panel(before: str, after: str) -> Table:
    """Show how the calls to each cluster were answered between two pages of figures."""
    was, now = figures(before), figures(after)

    def grown(figure: str, cluster: str, kind: str = "") -> str:
        key = f"envoy_cluster_{figure}", cluster, kind
        return f"{now.get(key, 0) - was.get(key, 0):.0f}"

    rows = [
        (name, *(grown("upstream_rq_xx", name, kind) for kind in "245"), *(grown(one, name) for one in MORE))
        for name in (*CLUSTERS, "app")
    ]
    return Table("calls by cluster", ("cluster", "2xx", "4xx", "5xx", "tried again", "TLS handshakes"), tuple(rows))
