"""What the machine around the kit says in its environment changes nothing: not the locale, not a proxy."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

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

HTTP = {
    f"httpx.{name}" for name in ("AsyncClient", "Client", "get", "post", "put", "patch", "delete", "request", "stream")
}
DATABASE = {"asyncpg.connect", "asyncpg.create_pool"}
GUARDED = ("src/capsize", "src/workbench", "tests/labs")


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


def unguarded(call: ast.Call) -> bool:
    """Say whether a call opens a connection and lets a shell's proxies, certificates or PG variables decide how."""
    words = [ast.unparse(call.func), *(ast.unparse(word) for word in call.args)]  # to_thread(httpx.post, ...) too
    given = {keyword.arg for keyword in call.keywords}
    is_http = any(word in HTTP for word in words)
    is_database = any(word in DATABASE for word in words)
    return (is_http and "trust_env" not in given) or (is_database and not given & {"ssl", None})


def cells(notebook: Path) -> Iterator[tuple[str, str]]:
    """Yield the cells of code of a notebook: its place, and its source as plain Python."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            lines = [line for line in "".join(cell["source"]).splitlines() if not line.startswith(("%", "!"))]
            yield f"{notebook.name}: {cell['id']}", "\n".join(lines)


def test_no_client_heeds_a_proxy_of_the_shell():
    """Every client of a cell, a check or the kit looks at the stack, not at HTTP_PROXY, SSL_CERT_FILE or PGSSLMODE."""
    files = [file for folder in GUARDED for file in sorted((ROOT / folder).rglob("*.py"))]
    sources = [(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")) for file in files]
    sources += [cell for notebook in sorted((ROOT / "labs").glob("*.ipynb")) for cell in cells(notebook)]
    found = [f"{name}:{call.lineno}" for name, source in sources for call in calls(source) if unguarded(call)]
    assert not found, f"say trust_env=False to httpx, ssl=False to asyncpg: {found}"
