"""What the machine around the kit says in its environment changes nothing: not the locale, not a proxy."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from the_course import ROOT

TEXTS = ("read_text", "write_text", "TextIOWrapper")
OPENERS = ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile")
MODE = {"NamedTemporaryFile": 0, "TemporaryFile": 0, "open_by_method": 0, "open": 1, "fdopen": 1}
NOT_FILES = (
    "os",
    "webbrowser",
    "tarfile",
    "zipfile",
    "self",
    "self.pod",
    "supervisor.pods",
    "self.pods",
    "self.supervisor.pods",
)


def calls(source: str) -> Iterator[ast.Call]:
    """Yield every call of a source."""
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def guesses(call: ast.Call) -> bool:
    """Say whether a call reads or writes text in whatever encoding the locale names."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in given or None in given:
        return False
    if name in ("run", "Popen", "check_output", "check_call", "create_subprocess_exec"):
        return "text" in given or "universal_newlines" in given
    if name in TEXTS:
        return True
    if name not in OPENERS or (isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in NOT_FILES):
        return False
    at = MODE["open_by_method" if name == "open" and isinstance(call.func, ast.Attribute) else name]
    mode = given.get("mode", call.args[at] if len(call.args) > at else None)
    usual = "w+b" if name.endswith("TemporaryFile") else "r"
    return "b" not in (mode.value if isinstance(mode, ast.Constant) else usual)


def test_every_text_says_its_encoding():
    """Whatever the locale, the kit reads and writes UTF-8: no call leaves the encoding to the machine."""
    found = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for folder in ("src", "scripts", "benchmarks")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for call in calls(file.read_text(encoding="utf-8"))
        if guesses(call)
    ]
    assert not found, f'add encoding="utf-8": {found}'
