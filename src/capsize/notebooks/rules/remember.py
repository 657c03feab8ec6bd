"""Remember: the last cell of a lab that has questions asks them, and no cell before it waits for the answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from capsize.course.recall.file import read_recall
from capsize.notebooks.notebook import Cell, Notebook
from capsize.notebooks.rules.finding import Finding, Rule, of
from capsize.notebooks.rules.syntax import called, tree


def last_cell_asks_what_to_remember(notebook: Notebook) -> Iterator[Finding]:
    """The last code cell asks the lab's questions, as its last line, where the lab has any."""
    asking = [cell for cell in notebook.code if _asks(cell)]
    wanted = notebook.code[-1:] if read_recall(notebook.rooms.recall_file) else []
    if [cell.id for cell in asking] != [cell.id for cell in wanted]:
        there = ", ".join(str(cell.number) for cell in asking) or "none"
        what = f"cells that ask what to remember: {there}, where it is the last one of a lab that has questions"
        yield of(notebook, what, "Let the last line of the last code cell be: lab.remember()")


def _asks(cell: Cell) -> bool:
    parsed = tree(cell)
    last = parsed.body[-1] if parsed and parsed.body else None
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and called(last.value).endswith("remember")


RULES: tuple[Rule, ...] = (last_cell_asks_what_to_remember,)
