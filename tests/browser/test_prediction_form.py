"""A prediction's form in JupyterLab: the cell waits for it, a keyboard is enough, and both themes can be read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from launched import add_notebook
from pages import OpenNotebook
from playwright.sync_api import expect

NAME, CHOICE, NUMBER = "work/asks.ipynb", "restarted", "dropped"
CELLS = (
    'from capsize.ui import lab\nhealth = lab("08_health")',
    f"await health.predict({CHOICE!r})",
    f"await health.predict({NUMBER!r})",
    "print('after')",
)
FORM = ".jp-OutputArea form.ask"
BUTTON = "This is my prediction"
MEASURES = Path(__file__).with_name("board") / "measures.js"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"


@pytest.fixture(scope="module")
def course(course) -> Path:
    """A copy of the course with a notebook that asks twice."""
    add_notebook(course / NAME, CELLS)
    return course


@pytest.fixture
def asked(open_notebook, course) -> OpenNotebook:
    """The notebook after "run all", with its first form shown and nothing predicted."""
    (course / "work/progress.json").unlink(missing_ok=True)
    notebook = open_notebook(NAME)
    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    expect(notebook.page.locator(FORM).first).to_be_visible(timeout=30_000)
    return notebook


def kept(course: Path) -> dict:
    return json.loads((course / "work/progress.json").read_text())["predictions"]["08_health"]


def test_run_all_halts_and_goes_on_by_keyboard_alone(asked, course):
    """The cells after a question wait; arrows, Tab and Enter answer it, and the next question comes."""
    page = asked.page
    expect(page.locator(".jp-InputPrompt:text-is('[*]:')")).to_have_count(3)
    expect(page.get_by_role("button", name=BUTTON)).to_be_disabled()
    expect(page.get_by_label("none of them")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("one or two")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".jp-OutputArea-output", has_text='restarted: you said "one or two"')).to_be_visible()
    assert kept(course)[CHOICE]["said"] == "one or two"
    expect(page.get_by_label("your number")).to_be_focused()
    assert page.locator(".jp-OutputArea-output", has_text="after").count() == 0


def answer_first(page) -> None:
    page.get_by_label("all three").check()
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_label("your number")).to_be_visible()


def test_range_upside_down_loses_nothing(asked, course):
    """What is not valid is told in words below the form, which stays as it was filled in."""
    page = asked.page
    answer_first(page)
    for label, typed in (("your number", "30"), ("a range, from", "50"), ("to", "20")):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("none: three copies serve").check()
    button = page.get_by_role("button", name=BUTTON)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("the range is upside down")
    expect(page.get_by_label("your number")).to_have_value("30")
    page.get_by_label("a range, from").fill("10")
    page.get_by_label("to", exact=True).fill("60")
    button.click()
    expect(page.locator(".jp-OutputArea-output", has_text="after")).to_be_visible()
    assert (kept(course)[NUMBER]["low"], kept(course)[NUMBER]["high"]) == (10, 60)
    assert asked.watched.strangers == []


def test_form_can_be_read_in_both_themes(asked):
    """Every word of a form stands out from its ground, light and dark."""
    page = asked.page
    answer_first(page)
    page.add_script_tag(path=MEASURES)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        page.evaluate(THEME, theme)
        page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str("Light" in theme).lower()
        )
        assert page.evaluate("measures.faint()") == []
        if folder := os.environ.get("CAPSIZE_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{theme}.png")
