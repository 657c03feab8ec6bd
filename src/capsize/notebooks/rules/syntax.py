"""A cell's code as Python sees it, once IPython's magics are out of the way."""

from __future__ import annotations

import ast
from functools import cache

from IPython.core.inputtransformer2 import TransformerManager

from capsize.notebooks.notebook import Cell


def tree(cell: Cell) -> ast.Module | None:
    """Parse a cell; None where it is not Python even then."""
    return _parsed(cell.source)


def called(node: ast.Call) -> str:
    """Name what is called, with its dots: ``asyncio.run``; "" where that is not a name."""
    parts, target = [], node.func
    while isinstance(target, ast.Attribute):
        parts.append(target.attr)
        target = target.value
    return ".".join([target.id, *reversed(parts)]) if isinstance(target, ast.Name) else ""


@cache
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(str(TransformerManager().transform_cell(source)))
    except SyntaxError:
        return None
