"""Draws a trade-off: two costs of each setting, of which one falls where the other grows."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from capsize.load.picture import Picture
from capsize.load.plot import BLUE, INK, PAPER


def plot_trade_off(costs: Mapping[object, tuple[float, float]], across: str, up: str) -> Picture:
    """Draw the two costs of each setting as a point with the setting's name, joined in their order."""
    figure = Figure(figsize=(7.6, 3.6), facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot(*zip(*costs.values(), strict=True), "-o", color=BLUE)
    for name, point in costs.items():
        axes.annotate(str(name), point, xytext=(5, 5), textcoords="offset points", fontsize=9, color=INK)
    axes.set_xlabel(across, color=INK, fontsize=9)
    axes.set_ylabel(up, color=INK, fontsize=9)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=8)
    return Picture(figure, f"Plot of {across} against {up}")
