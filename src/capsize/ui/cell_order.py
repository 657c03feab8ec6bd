"""Cells that are run out of order: which cell of the notebook sets the name that is missing."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

AWAITS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def notebook_of(names: dict[str, Any]) -> Path | None:
    """Return the notebook's file, as JupyterLab or VS Code says it; None where neither does."""
    said = names.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
    file = Path(said)
    return file if file.suffix == ".ipynb" and file.is_file() else None


def is_raised_in_a_cell(trace: TracebackType | None, names: dict[str, Any]) -> bool:
    """Say whether an error was raised by a cell's own line, and not in a file that it calls."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals is names


def advice(name: str, notebook: Path) -> str | None:
    """Say which cell to run for a name, by its heading and its first line; None where no cell sets it."""
    heading = ""
    for cell in _cells(notebook):
        text = "".join(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            heading = ([heading] + [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")])[-1]
        elif name in set(names_set_by(text)):
            where = f' below "{heading}"' if heading else ""
            before = f"{name} is not there yet: run the cells from the top, or first the one{where} that begins with"
            return f"{before}\n  {_first(text)}"
    return None


def _cells(notebook: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads(notebook.read_text(encoding="utf-8"))["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def names_set_by(text: str) -> Iterator[str]:
    """List the names that a cell sets; none of a cell that is no Python."""
    try:
        tree = compile(text, "cell", "exec", AWAITS)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]


def _first(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip() and not line.startswith(("#", "%"))), "")
