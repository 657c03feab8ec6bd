"""A verdict in JupyterLab can be acted on by keyboard alone: its place opens at the line, its calls run below it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from launched import add_notebook
from pages import RUN_AT_THE_END, OpenNotebook, violations
from playwright.sync_api import Dialog, expect

NAME, FILE = "work/acts.ipynb", "work/01_monolith/inventory.py"
CELLS = (
    "from capsize.ui import lab\nfrom capsize.check.verdict import Verdict\nyours = lab('01_monolith')",
    f"Verdict('1.1', 'refused', 'Race', expected='50', got='51', look='{FILE}:12')",
)
AT = "() => window.jupyterapp.shell.currentWidget.content.editor.getCursorPosition().line + 1"
SHEET = ".capsize.sheet"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"


@pytest.fixture(scope="module")
def course(course) -> Path:
    """A copy of the course with a file to edit, and a notebook that shows a refusal."""
    add_notebook(course / NAME, CELLS)
    shutil.copytree(course / "starter/01_monolith", course / "work/01_monolith")
    return course


@pytest.fixture
def refused(open_notebook) -> OpenNotebook:
    """The notebook with its refusal shown."""
    notebook = open_notebook(NAME)
    notebook.run_all()
    expect(notebook.page.locator(SHEET)).to_contain_text("1.1 not yet")
    return notebook


def press(notebook: OpenNotebook, name: str) -> None:
    """Press a button of the refusal by the keyboard."""
    button = notebook.cells.nth(1).get_by_role("button", name=name)
    button.focus()
    button.press("Enter")


def test_place_opens_at_its_line(refused):
    """What the verdict points to opens beside the notebook, with the cursor in that line."""
    press(refused, f"{FILE}:12")
    expect(refused.page.locator(".lm-TabBar-tab.lm-mod-current", has_text="inventory.py")).to_have_count(1)
    refused.page.wait_for_function(f"({AT})() === 12")


def test_hint_comes_below_and_the_next_one_in_its_place(refused):
    """Each press gives the next hint, in one cell below the verdict that says what was called."""
    count = refused.cells.count()
    for step in (1, 2):
        press(refused, "Hint")
        expect(refused.cells.nth(2).locator(SHEET)).to_contain_text(f"hint {step} of 3")
    expect(refused.cells).to_have_count(count + 1)
    expect(refused.cells.nth(2).locator(".jp-InputArea")).to_contain_text('yours.hint("1.1")')


def test_solution_comes_after_asking_and_the_own_file_is_kept(refused, course):
    """Who says no keeps the file as it is; who says yes has the solution, and the file under another name."""
    answers, given = [Dialog.dismiss, Dialog.accept], (course / FILE).read_text()
    refused.page.on("dialog", lambda dialog: answers.pop(0)(dialog))
    press(refused, "Go on from the solution")
    assert (len(answers), (course / FILE).read_text()) == (1, given)
    press(refused, "Go on from the solution")
    expect(refused.cells.nth(2).locator(".jp-OutputArea-output")).to_contain_text("kept")
    assert (course / FILE).read_text() == (course / "solutions/01_monolith/inventory.py").read_text()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_sheets_and_forms_have_no_violation(refused, theme):
    """A verdict, a hint, questions and the form of a prediction, in JupyterLab, are as WCAG asks, in both themes."""
    page = refused.page
    page.evaluate(THEME, theme)
    press(refused, "Hint")
    refused.run("yours.remember()")
    page.evaluate(f"(code) => {{ ({RUN_AT_THE_END})(code) }}", "await yours.predict('knee')")  # it waits for the form
    page.locator("form.ask").wait_for()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    assert page.locator(SHEET).count() == 2
    assert violations(page, ".capsize") == []
