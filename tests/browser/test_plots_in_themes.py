"""A plot in JupyterLab is light on a light page and dark on a dark one, and its colours stand out on both."""

from __future__ import annotations

import io
from pathlib import Path

import numpy
import pytest
from launched import add_notebook
from matplotlib.image import imread
from numpy.typing import NDArray

from capsize.load.plot import BLUE, COLOURS

NAME = "work/plots.ipynb"
PLOT = """
from matplotlib.figure import Figure
from capsize.load.picture import Picture
from capsize.load.plot import COLOURS
figure = Figure(figsize=(4, 2))
axes = figure.add_axes((0, 0, 1, 1), xlim=(-0.5, len(COLOURS) - 0.5), ylim=(0, 2), frame_on=False)
axes.bar(range(len(COLOURS)), 1, 0.5, color=COLOURS)
Picture(figure, "A bar of each colour")
"""
GRAPHICS = 3.0  # WCAG 2.2, 1.4.11
SPLASH = "#jupyterlab-splash"  # is above the page while a theme is loaded, and fades out
Array = NDArray[numpy.float32]
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"


@pytest.fixture(scope="module")
def course(course) -> Path:
    """A copy of the course with a notebook that draws a plot."""
    add_notebook(course / NAME, [PLOT])
    return course


@pytest.mark.parametrize(("theme", "is_dark"), [("JupyterLab Light", False), ("JupyterLab Dark", True)])
def test_plot_has_the_ground_of_its_theme(open_notebook, theme, is_dark):
    """Its ground is that of the theme, each colour has the contrast that WCAG asks of graphics, and blue is blue."""
    notebook = open_notebook(NAME)
    notebook.run_all()
    notebook.page.evaluate(THEME, theme)
    picture = notebook.page.locator(".jp-RenderedImage img")
    picture.wait_for()
    notebook.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(not is_dark).lower()}'")
    notebook.page.wait_for_selector(SPLASH, state="detached")
    pixels = imread(io.BytesIO(picture.screenshot()))[:, :, :3]
    ground = pixels[3:8, 3:8].mean(axis=(0, 1))
    assert (ground.max() < 0.25) if is_dark else (ground.min() > 0.9)
    bars = {colour: bar(pixels, place) for place, colour in enumerate(COLOURS)}
    assert {colour: found for colour in COLOURS if (found := contrast(bars[colour], ground)) < GRAPHICS} == {}
    assert bars[BLUE][2] - bars[BLUE][0] > 0.25


def bar(pixels: Array, place: int) -> Array:
    """Return the colour of a bar, from its middle."""
    height, width, _ = pixels.shape
    return pixels[height * 3 // 4, round((place + 0.5) * width / len(COLOURS))]


def contrast(one: Array, other: Array) -> float:
    """Return the contrast of two colours by WCAG 2.2: 1 for the same, 21 for black on white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Array) -> float:
    linear = numpy.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
