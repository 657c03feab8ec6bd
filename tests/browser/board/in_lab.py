"""A board in JupyterLab, over a real stack."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from pages import OpenNotebook
from playwright.sync_api import Locator, expect

UP = """
from capsize.ui import lab
if "shop" not in globals():
    shop = lab("01_monolith", code="solutions")
    stack = await shop.up()
"""
RUN = """([cell, code]) => {
  const { commands, shell } = window.jupyterapp, notebook = shell.currentWidget.content;
  notebook.activeCellIndex = cell;
  notebook.activeCell.model.sharedModel.setSource(code);
  return commands.execute('notebook:run-cell').then(() => null);
}"""
START = f"(words) => {{ ({RUN})(words); }}"
BOARD, REST = 0, 1  # the notebook's two cells
INTERRUPT = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()"
RUNS = ".jp-Notebook .jp-Cell .jp-InputPrompt:text-is('[*]:')"
READY_MS = 30_000


@dataclass
class LabBoard:
    """The board of lab 01, with buttons that reach real processes."""

    notebook: OpenNotebook

    @property
    def page(self) -> Any:
        return self.notebook.page

    def begin(self) -> None:
        """Start the stack if it is not up, and show its board."""
        self.run(UP)
        if not self.page.locator(".capsize.board").count():
            self.run("shop.board()", BOARD)
        expect(self.instance("shop-1")).to_have_attribute("data-ready", "true", timeout=READY_MS)

    def run(self, code: str, cell: int = REST) -> None:
        """Run code, and wait until it is done."""
        self.page.evaluate(RUN, [cell, code])

    def instance(self, name: str) -> Locator:
        return self.page.locator(f'[data-instance="{name}"]')

    def edge(self, name: str) -> Locator:
        return self.page.locator(f'.tag[data-edge="{name}"]')

    def do(self, verb: str, piece: Locator) -> float:
        """Choose an act from the menu of an instance or an arrow; return the moment of the click."""
        piece.click()
        self.page.locator(f'.menu [data-do="{verb}"]').click()
        return time.monotonic()

    def start(self, code: str) -> None:
        """Run code, and return while it runs."""
        self.page.evaluate(START, [REST, code])
        expect(self.page.locator(RUNS)).to_have_count(1)

    def is_busy(self) -> bool:
        """Tell whether a cell runs."""
        return self.page.locator(RUNS).count() > 0

    def interrupt(self) -> None:
        """Interrupt whatever runs."""
        if self.is_busy():
            self.page.evaluate(INTERRUPT)
            expect(self.page.locator(RUNS)).to_have_count(0)
