"""A file that is open in JupyterLab with changes that were not saved: the verdict says that it did not see them."""

from __future__ import annotations

from pathlib import Path

import pytest
from launched import add_notebook
from playwright.sync_api import expect

NAME, FILE = "work/judges.ipynb", "work/01_monolith/inventory.py"
# a verdict as a check returns it; what is tested is the browser's part
VERDICT = "from capsize.ui import lab; from capsize.check.verdict import Verdict; Verdict('1.1', 'refused', 'Race')"
OPEN = """async (path) => {
  const { commands } = window.jupyterapp;
  const widget = await commands.execute('docmanager:open', { path, options: { mode: 'split-right' } });
  await widget.context.ready;
}"""
EDITOR = ".jp-FileEditor .cm-content"
DIRTY = ".lm-TabBar-tab.jp-mod-dirty", "inventory.py"


@pytest.fixture(scope="module")
def course(course) -> Path:
    """A copy of the course with a file to edit, and a notebook that shows a verdict."""
    add_notebook(course / NAME, [VERDICT])
    (course / FILE).parent.mkdir()
    (course / FILE).write_text("# saved\n")
    return course


def test_verdict_says_that_a_file_was_not_saved(open_notebook):
    """While the file has unsaved changes a verdict names it; once they are saved the next one does not."""
    notebook = open_notebook(NAME)
    page, warning = notebook.page, notebook.page.locator(".capsize.sheet .unsaved")
    page.evaluate(OPEN, FILE)
    notebook.run_cell(0)
    expect(page.locator(".capsize.sheet h3")).to_contain_text("not yet")
    expect(warning).to_have_count(0)
    page.locator(EDITOR).click()
    page.keyboard.type("# not saved")
    expect(page.locator(DIRTY[0], has_text=DIRTY[1])).to_have_count(1)
    notebook.run_cell(0)
    expect(warning).to_contain_text("inventory.py has unsaved changes, which this check did not see.")
    page.locator(EDITOR).click()
    page.keyboard.press("Control+s")
    expect(page.locator(DIRTY[0], has_text=DIRTY[1])).to_have_count(0)
    notebook.run_cell(0)
    expect(page.locator(".capsize.sheet h3")).to_contain_text("not yet")
    expect(warning).to_have_count(0)
