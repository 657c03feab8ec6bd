"""Read a module's source for the ways in which it reaches into another: private names, tables, and around the imports.

A seam is where a module could be cut off. It reads the syntax tree and runs nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TABLES: Mapping[str, tuple[str, ...]] = {
    "inventory": ("items",),
    "orders": ("orders", "lines", "past_weeks"),
    "payments": ("charges",),
    "users": ("customers", "sessions"),
}
AROUND = frozenset({"importlib", "sys", "inspect", "runpy", "gc", "ctypes", "pkgutil"})
CALLS = frozenset({"getattr", "vars", "globals", "eval", "exec", "__import__"})
INSIDES = frozenset({"__dict__", "__globals__", "__getattribute__"})
UNKNOWN = "\0"  # stands for a piece of text that only the running program knows


@dataclass(frozen=True)
class Reach:
    """One way in, at a line of a file."""

    file: str
    line: int
    how: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place} {self.how}"


def reaches(file: Path, *, module: str | None = None) -> list[Reach]:
    """Return how ``file`` reaches into other modules than its own, in the order of its lines.

    Files that it imports from its own folder belong to it, unless they are modules of the shop. Raises SyntaxError.
    """
    module = module or file.stem
    tree = ast.parse(file.read_text(encoding="utf-8"), file.name)
    found = [Reach(file.name, line, how) for line, how in _Source(tree, module).reaches()]
    for name in _imported(tree):
        own = file.with_name(f"{name}.py")
        if own.exists() and name not in TABLES and own != file:
            found += reaches(own, module=module)
    return sorted(dict.fromkeys(found), key=lambda reach: (reach.file != file.name, reach.file, reach.line))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


class _Source:
    """A module's syntax tree, and the names that it gives to texts."""

    def __init__(self, tree: ast.Module, module: str) -> None:
        self.tree, self.module = tree, module
        self.others = {other: tables for other, tables in TABLES.items() if other != module}
        self.texts = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def reaches(self) -> Iterator[tuple[int, str]]:
        skipped = set(self._docstrings())
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield from ((node.lineno, how) for how in self._imports(node))
            elif isinstance(node, ast.Attribute) and (how := self._attribute(node)):
                yield node.lineno, how
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                yield node.lineno, f"calls {node.func.id}, which goes around the imports"
            elif isinstance(node, ast.expr) and id(node) not in skipped:
                yield from ((node.lineno, how) for how in self._sql(node))

    def _docstrings(self) -> Iterator[int]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                yield id(node.value)

    def _imports(self, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        home = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            root, name = (home or alias.name).split(".")[0], alias.name
            if root in AROUND:
                yield f"imports {root}, which goes around the imports"
            elif home and name.startswith("_"):
                yield f"imports {home}.{name}, which is private"
            elif home.split(".")[-1] in self.others and name == "*":
                yield f"imports * from {home}, which hides what it uses"

    def _attribute(self, node: ast.Attribute) -> str | None:
        if node.attr in INSIDES:
            return f"looks into {node.attr}, which goes around the imports"
        mine = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        if node.attr.startswith("_") and not node.attr.startswith("__") and not mine:
            return f"uses {ast.unparse(node)}, which is private"
        return None

    def _sql(self, node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.Name):
            return  # its text was read where it was bound
        text = self._fold(node)
        if re.fullmatch(r"_[a-z]\w*", text):
            yield f"names {text!r}, which is private"
        if re.search(r"\bsearch_path\b", text):
            yield "changes the search path, which hides whose tables it uses"
        for other, tables in self.others.items():
            if table := self._table(other, tables, text):
                yield f"names {other}.{table} in SQL, a table of {other}"

    def _table(self, other: str, tables: tuple[str, ...], text: str) -> str | None:
        names = "|".join(tables)
        own = re.search(rf'\b{other}"?\s*\.\s*"?({names}|{UNKNOWN})', text, re.I)
        bare = re.search(rf'(?:{UNKNOWN}"?\.|\b(?:from|join|into|update|only|table)\s+)\s*"?({names})\b', text, re.I)
        found = own or bare
        return found[1].replace(UNKNOWN, "?") if found else None

    def _fold(self, node: ast.expr | None) -> str:
        """Put together the text that an expression makes, as far as the source tells."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.JoinedStr(values=parts):
                return "".join(self._fold(part) for part in parts)
            case ast.FormattedValue(value=inner):
                return self._fold(inner)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._fold(left) + self._fold(right)
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                pieces = right.elts if isinstance(right, ast.Tuple) else [right]
                return self._fill(r"%[sdr]", left, pieces)
            case ast.Call(func=ast.Attribute(value=left, attr="format"), args=pieces):
                return self._fill(r"\{\w*\}", left, pieces)
            case ast.Call(
                func=ast.Attribute(value=glue, attr="join"), args=[ast.List(elts=pieces) | ast.Tuple(elts=pieces)]
            ):
                return self._fold(glue).join(self._fold(piece) for piece in pieces)
            case ast.Name(id=name) if name in self.texts:
                value = self.texts.pop(name)  # while it is folded it has no text, or x = x + "y" would never end
                folded = self._fold(value)
                self.texts[name] = value
                return folded
        return UNKNOWN

    def _fill(self, hole: str, template: ast.expr, pieces: list[ast.expr]) -> str:
        texts = iter([self._fold(piece) for piece in pieces])
        return re.sub(hole, lambda _: next(texts, UNKNOWN), self._fold(template))
