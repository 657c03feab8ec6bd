"""A page in Chromium that is listened to, and a notebook that is open on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

# The toolbar says Idle before the kernel's websocket is connected, and a cell that runs then is lost.
WAIT_FOR_KERNEL = """async ([name, milliseconds]) => {
  const ready = async () => {
    const app = window.jupyterapp;
    await app?.restored;
    const panel = [...(app?.shell.widgets('main') ?? [])].find((widget) => widget.context?.path === name);
    await panel?.context.ready;
    await panel?.revealed;
    await panel?.sessionContext.ready;
    const kernel = panel?.sessionContext.session?.kernel;
    await kernel?.info;
    return kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
  };
  const pause = (time) => new Promise((go) => setTimeout(go, time));
  const connected = async () => { while (!(await ready())) await pause(50); return true; };
  if (!(await Promise.race([connected(), pause(milliseconds)]))) throw new Error(`no kernel for ${name}`);
}"""

RUN_AT_THE_END = """async (code) => {
  const { commands, shell } = window.jupyterapp, notebook = shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.length - 1;
  await commands.execute('notebook:insert-cell-below');
  notebook.activeCell.model.sharedModel.setSource(code);
  await commands.execute('notebook:run-cell');
  const outputs = notebook.activeCell.model.outputs.toJSON();
  return outputs.map((output) => output.text ?? output.data?.['text/plain'] ?? output.evalue).flat().join('');
}"""

SHUT_DOWN = """async (path) => {
  const panel = [...window.jupyterapp.shell.widgets('main')].find((widget) => widget.context?.path === path);
  await panel.sessionContext.shutdown();
}"""


@dataclass
class Watched:
    """A page, what went wrong on it, and whom it asked outside of this machine."""

    page: Page
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda asked: self._is_outside(asked.url) and self.strangers.append(asked.url))

    @staticmethod
    def _is_outside(url: str) -> bool:
        return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:"))


CELLS = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell"  # of the tab in front: others may be open


@dataclass
class OpenNotebook:
    """A notebook in JupyterLab whose kernel is connected. Cells are numbered from 0."""

    watched: Watched
    path: str

    @property
    def page(self) -> Page:
        return self.watched.page

    @property
    def cells(self) -> Locator:
        return self.page.locator(CELLS)

    def wait_for_kernel(self) -> None:
        self.page.wait_for_selector(CELLS, timeout=60_000)
        self.page.evaluate(WAIT_FOR_KERNEL, [self.path, 60_000])

    def command(self, name: str) -> None:
        """Execute one of JupyterLab's commands and wait until it is done."""
        self.page.evaluate("async (name) => { await window.jupyterapp.commands.execute(name) }", name)

    def run_all(self) -> None:
        """Run every cell and wait until the last is done."""
        self.command("notebook:run-all-cells")

    def run_cell(self, number: int) -> None:
        """Run one cell and wait until it is done."""
        self.cells.nth(number).locator(".jp-InputPrompt").click()
        self.command("notebook:run-cell")

    def run(self, code: str) -> str:
        """Run code in a new last cell, and give the words that it prints or results in."""
        return str(self.page.evaluate(RUN_AT_THE_END, code))

    def shut_down(self) -> None:
        self.page.evaluate(SHUT_DOWN, self.path)


def violations(page: Page, context: str | None = None) -> list[str]:
    """Run axe-core; list what it finds as rule, place and reason."""
    found = Axe().run(page, context=context).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]
