"""Browser code for a widget: ES modules read from files and joined into the one module that anywidget takes.

Each module keeps a scope of its own: it becomes a function that returns what it exports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "js"
IMPORT = re.compile(r'^import (?P<names>\{[^}]*\}) from "\./(?P<module>[a-z]+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)(?P<kind>const|function) (?P<name>\w+)", re.MULTILINE)


def joined(entry: str) -> str:
    """Return the module ``entry`` with every module that it imports before it, each once."""
    return "\n".join([*_scopes(entry, set()), _linked(_text(entry))])


def style() -> str:
    """Return the style sheet that everything a notebook shows has in common."""
    return (FOLDER.parent / "board.css").read_text(encoding="utf-8")


def _scopes(entry: str, seen: set[str]) -> Iterator[str]:
    for found in IMPORT.finditer(_text(entry)):
        name = found["module"]
        if name not in seen:
            seen.add(name)
            yield from _scopes(name, seen)
            yield _scope(name)


def _scope(name: str) -> str:
    text = _linked(_text(name))
    exported = ", ".join(found["name"] for found in EXPORT.finditer(text))
    body = EXPORT.sub(r"\g<kind> \g<name>", text)
    return f"const {name}_js = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"


def _linked(text: str) -> str:
    return IMPORT.sub(r"const \g<names> = \g<module>_js;", text)


def _text(name: str) -> str:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")
