"""A lab's questions in JupyterLab: a choice is explained at once, by keyboard too, and both themes can be read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from launched import add_notebook
from playwright.sync_api import expect

NAME = "work/remembers.ipynb"
CELLS = ('from capsize.ui import lab\nhealth = lab("08_health")\nhealth.remember()', "print('went on')")
MEASURES = Path(__file__).with_name("board") / "measures.js"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"


@pytest.fixture(scope="module")
def course(course) -> Path:
    """A copy of the course with a notebook that asks what to remember."""
    add_notebook(course / NAME, CELLS)
    return course


@pytest.fixture
def asked(open_notebook):
    """The page after "run all", with the form shown."""
    notebook = open_notebook(NAME)
    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    expect(notebook.page.locator(".recall")).to_be_visible(timeout=30_000)
    return notebook


def test_choice_is_explained_at_once_and_kept(asked, course):
    """No cell waits; a wrong option says why, by keyboard alone, and the score has it."""
    page = asked.page
    expect(page.locator(".jp-OutputArea-output", has_text="went on")).to_be_visible()
    first = page.locator(".recall section").first
    options = first.get_by_role("button")
    for number in range(options.count()):
        options.nth(number).focus()
        page.keyboard.press("Enter")
        expect(first.get_by_role("status")).not_to_be_empty()
        expect(options.nth(number)).to_have_attribute("aria-pressed", "true")
    assert "No." in page.locator(".recall").inner_text() or "Right." in page.locator(".recall").inner_text()
    (kept,) = json.loads((course / "work/progress.json").read_text())["recalled"]["08_health"].values()
    assert kept["said"] == options.first.inner_text()
    assert asked.watched.strangers == []


def test_questions_can_be_read_in_both_themes(asked):
    """Every word stands out from its ground, light and dark."""
    page = asked.page
    page.locator(".recall button").first.click()
    page.add_script_tag(path=MEASURES)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        page.evaluate(THEME, theme)
        page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str("Light" in theme).lower()
        )
        assert page.evaluate("measures.faint()") == []
        if folder := os.environ.get("CAPSIZE_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/remember {theme}.png")
