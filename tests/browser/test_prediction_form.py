"""A prediction's form in JupyterLab: the cell waits for it, a keyboard is enough, and both themes can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from launched import JupyterLab, copy_course, start_jupyterlab
from pages import OpenNotebook
from playwright.sync_api import expect

from capsize.notebooks.canonical import METADATA

NAME, CHOICE, NUMBER = "work/asks.ipynb", "restarted", "dropped"
CELLS = (
    'from capsize.ui import lab\nhealth = lab("08_health")',
    f"await health.predict({CHOICE!r})",
    f"await health.predict({NUMBER!r})",
    "print('after')",
)
FOCUS = "() => document.activeElement?.closest('.widget-radio-box, .widget-text, .widget-button')?.innerText ?? ''"
FORM = ".jp-OutputArea .widget-vbox"
TABS = 60  # presses at most from the notebook to the form


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course with a notebook that asks twice."""
    course = copy_course(tmp_path_factory.mktemp("course"))
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    page = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    (course / "work").mkdir()
    nbformat.write(page, course / NAME)
    return course


@pytest.fixture(scope="module")
def jupyterlab(course) -> Iterator[JupyterLab]:
    server = start_jupyterlab(course)
    yield server
    server.stop()


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


def tab_to(page, words: str) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(TABS):
        if words in page.evaluate(FOCUS):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {words!r}")


def test_run_all_halts_and_goes_on_by_keyboard_alone(asked, course):
    """The cells after a question wait; arrows, Tab and Enter answer it, and the next question comes."""
    page = asked.page
    expect(page.locator(".jp-InputPrompt:text-is('[*]:')")).to_have_count(3)
    expect(page.get_by_role("button", name="This is my prediction")).to_be_disabled()
    tab_to(page, "none of them")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="This is my prediction")).to_be_enabled()
    tab_to(page, "This is my prediction")
    page.keyboard.press("Enter")
    expect(page.locator(".jp-OutputArea-output", has_text="restarted: you said none of them")).to_be_visible()
    assert kept(course)[CHOICE]["said"] == "none of them"
    expect(page.get_by_label("your number")).to_be_visible()
    assert page.locator(".jp-OutputArea-output", has_text="after").count() == 0


def answer_first(page) -> None:
    page.get_by_label("all three").check()
    page.get_by_role("button", name="This is my prediction").click()
    expect(page.get_by_label("your number")).to_be_visible()


def test_range_upside_down_loses_nothing(asked, course):
    """What is not valid is told in words below the form, which stays as it was filled in."""
    page = asked.page
    answer_first(page)
    for label, typed in (("your number", "30"), ("a range, from", "50"), ("to", "20")):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("none: three copies serve").check()
    button = page.get_by_role("button", name="This is my prediction")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("the range is upside down")
    expect(page.get_by_label("your number")).to_have_value("30")
    page.get_by_label("a range, from").fill("10")
    page.get_by_label("to", exact=True).fill("60")
    button.click()
    expect(page.locator(".jp-OutputArea-output", has_text="after")).to_be_visible()
    assert (kept(course)[NUMBER]["low"], kept(course)[NUMBER]["high"]) == (10, 60)
    assert asked.watched.strangers == []
