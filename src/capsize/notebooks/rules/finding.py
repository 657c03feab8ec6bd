"""What a rule finds: where, what, and how to fix it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from capsize.notebooks.notebook import Cell, Notebook


@dataclass(frozen=True)
class Finding:
    """``where`` names the file and the cell; ``repair`` is a sentence that says what to do."""

    where: str
    what: str
    repair: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.repair}."


Rule = Callable[[Notebook], Iterator[Finding]]


def at(notebook: Notebook, cell: Cell, what: str, repair: str) -> Finding:
    """Report a finding in a cell."""
    return Finding(f"{notebook.name}, {cell}", what, repair)


def of(notebook: Notebook, what: str, repair: str) -> Finding:
    """Report a finding about a notebook as a whole."""
    return Finding(notebook.name, what, repair)
