"""Read a module's source for the ways in which it reaches into another: private names, and around the imports.

Only what is certain counts: a name that an import binds to another module of the shop. Whose tables it uses is not
for the source to say; the database knows (``shop.monolith.walls``). It reads the syntax tree and runs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODULES = frozenset({"inventory", "orders", "payments", "reports", "users"})
PACKAGE = "shop"
AROUND = frozenset({"importlib", "runpy", "pkgutil"})
CALLS = frozenset({"eval", "exec", "__import__"})
ASKED_BY_NAME = frozenset({"getattr", "vars", "dir"})


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
    return [*dict.fromkeys(_reaches(file, module or file.stem, {file}))]


def _reaches(file: Path, module: str, seen: set[Path]) -> Iterator[Reach]:
    tree = ast.parse(file.read_text(encoding="utf-8"), file.name)
    found = [Reach(file.name, line, how) for line, how in _Source(tree, module).reaches()]
    yield from sorted(found, key=lambda reach: reach.line)
    for name in _imported(tree):
        own = file.with_name(f"{name}.py")
        if own.exists() and name not in MODULES and own not in seen:
            seen.add(own)
            yield from _reaches(own, module, seen)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


class _Source:
    """A module's syntax tree, and the names that its imports bind to other modules of the shop."""

    def __init__(self, tree: ast.Module, module: str) -> None:
        self.tree, self.others = tree, MODULES - {module}
        self.bound = dict(self._bindings())

    def _bindings(self) -> Iterator[tuple[str, str]]:
        """Yield what each import binds: the name, and the module in full."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                whole = ((alias.asname or alias.name.split(".")[0], alias) for alias in node.names)
                yield from ((name, alias.name if alias.asname else name) for name, alias in whole)
            elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
                yield from ((alias.asname or alias.name, f"{PACKAGE}.{alias.name}") for alias in node.names)

    def reaches(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self.tree):
            match node:
                case ast.Import(names=names):
                    yield from ((node.lineno, how) for how in self._around(alias.name for alias in names))
                case ast.ImportFrom(module=str(home), names=names):
                    yield from ((node.lineno, how) for how in self._import_from(home, names))
                case ast.Attribute(value=value, attr=name) if how := self._attribute(value, name):
                    yield node.lineno, how
                case ast.Call(func=ast.Name(id=name), args=args) if name in CALLS or self._asks(name, args):
                    yield node.lineno, f"calls {name}, which goes around the imports"

    def _around(self, names: Iterator[str]) -> Iterator[str]:
        roots = (name.split(".")[0] for name in names)
        yield from (f"imports {root}, which goes around the imports" for root in roots if root in AROUND)

    def _import_from(self, home: str, names: list[ast.alias]) -> Iterator[str]:
        yield from self._around(iter([home]))
        for name in (alias.name for alias in names):
            if self._is_other(home) and name == "*":
                yield f"imports * from {home}, which hides what it uses"
            elif self._is_other(home) and _is_private(name):
                yield f"imports {home}.{name}, which is private"
            elif (home, name) == ("sys", "modules"):
                yield "imports sys.modules, which goes around the imports"

    def _attribute(self, value: ast.expr, name: str) -> str | None:
        home = self._resolved(value)
        if home == "sys" and name == "modules":
            return "uses sys.modules, which goes around the imports"
        if not self._is_other(home) or not name.startswith("_"):
            return None
        return f"uses {home}.{name}, which {'is private' if _is_private(name) else 'goes around the imports'}"

    def _asks(self, function: str, args: list[ast.expr]) -> bool:
        return function in ASKED_BY_NAME and bool(args) and self._is_other(self._resolved(args[0]))

    def _resolved(self, node: ast.expr) -> str:
        """Return the module that an expression is, in full, as far as the imports say it."""
        match node:
            case ast.Name(id=name):
                return self.bound.get(name, "")
            case ast.Attribute(value=value, attr=name) if home := self._resolved(value):
                return f"{home}.{name}"
        return ""

    def _is_other(self, home: str) -> bool:
        return home.removeprefix(f"{PACKAGE}.") in self.others


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
