"""A plot in JupyterLab is light on a light page and dark on a dark one, and its lines stand out on both."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from launched import add_notebook
from matplotlib.image import imread

NAME = "work/plots.ipynb"
PLOT = """
from matplotlib.figure import Figure
from capsize.load.picture import Picture
figure = Figure(figsize=(4, 2))
figure.subplots().plot([1, 3, 2], color="#0072b2", linewidth=6)
Picture(figure, "Plot of three points")
"""
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"


@pytest.fixture(scope="module")
def course(course) -> Path:
    """A copy of the course with a notebook that draws a plot."""
    add_notebook(course / NAME, [PLOT])
    return course


@pytest.mark.parametrize(("theme", "is_dark"), [("JupyterLab Light", False), ("JupyterLab Dark", True)])
def test_plot_has_the_ground_of_its_theme(open_notebook, theme, is_dark):
    """Its ground is that of the theme, and there is a line that differs from it by much, and is blue."""
    notebook = open_notebook(NAME)
    notebook.run_all()
    notebook.page.evaluate(THEME, theme)
    picture = notebook.page.locator(".jp-RenderedImage img")
    picture.wait_for()
    notebook.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(not is_dark).lower()}'")
    pixels = imread(io.BytesIO(picture.screenshot()))[:, :, :3]
    ground = pixels[3:8, 3:8].mean()
    assert (ground < 0.25) if is_dark else (ground > 0.9)
    blue = pixels[..., 2] - pixels[..., 0] > 0.25
    assert blue.sum() > 100
    assert abs(pixels[blue].mean() - ground) > 0.25
