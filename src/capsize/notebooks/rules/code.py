"""The code: short cells, one function in a cell at most, prose between them, and a claim beside what changes."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from itertools import groupby, pairwise

from capsize.notebooks.notebook import CHANGING, Cell, Notebook
from capsize.notebooks.rules.finding import Finding, Rule, at, of
from capsize.notebooks.rules.syntax import tree

MOST_LINES, TYPICAL_LINES, MOST_IN_A_ROW = 10, 4, 3
ASKS = re.compile(r"await \w+\.predict\(")


def cells_are_short(notebook: Notebook) -> Iterator[Finding]:
    """Two to four lines as a rule, ten at most."""
    for cell in notebook.code:
        if len(cell.lines) > MOST_LINES:
            yield at(
                notebook,
                cell,
                f"{len(cell.lines)} lines of code, {MOST_LINES} at most",
                "Split it, or move it into src/",
            )
    typical = statistics.median([_lines_to_read(cell) for cell in notebook.code] or [0])
    if typical > TYPICAL_LINES:
        yield of(
            notebook,
            f"a typical code cell has {typical:g} lines, where {TYPICAL_LINES} are usual",
            "Split the long ones",
        )


def _lines_to_read(cell: Cell) -> int:
    """Count the lines but for the one that asks for a prediction, of which the reader sees the form."""
    return sum(ASKS.match(line) is None for line in cell.lines)


def one_function_a_cell(notebook: Notebook) -> Iterator[Finding]:
    """A cell defines one function or class at most."""
    for cell in notebook.code:
        parsed = tree(cell)
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        defined = [node.name for node in ast.walk(parsed) if isinstance(node, kinds)] if parsed else []
        if len(defined) > 1:
            yield at(
                notebook, cell, f"{' and '.join(defined)} in one cell", "Define one here, and move the rest into src/"
            )


def prose_stands_between(notebook: Notebook) -> Iterator[Finding]:
    """Never more than three code cells in a row."""
    for is_code, run in groupby(notebook.cells, key=lambda cell: cell.is_code):
        cells = list(run)
        if is_code and len(cells) > MOST_IN_A_ROW:
            what = f"{len(cells)} code cells in a row begin here, {MOST_IN_A_ROW} at most"
            yield at(notebook, cells[0], what, "Say between them what the reader sees")


def what_changes_has_a_claim(notebook: Notebook) -> Iterator[Finding]:
    """Beside a cell whose figures change stands one whose words do not: a claim that nbval compares."""
    neighbours = dict[int, list[int]]()
    for one, other in pairwise(range(len(notebook.code))):
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    for place, cell in enumerate(notebook.code):
        beside = [notebook.code[other] for other in neighbours.get(place, ())]
        if CHANGING in cell.tags and not any(other.outputs and CHANGING not in other.tags for other in beside):
            yield at(notebook, cell, "figures that change, and no claim beside them", "Print what holds in every run")


RULES: tuple[Rule, ...] = (cells_are_short, one_function_a_cell, prose_stands_between, what_changes_has_a_claim)
