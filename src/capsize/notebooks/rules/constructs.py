"""Code that shows something else under nbval than in a notebook, or that blocks the board while it runs."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from capsize.notebooks.notebook import Cell, Notebook
from capsize.notebooks.rules.finding import Finding, Rule, at
from capsize.notebooks.rules.syntax import called, tree

# name, or the end of a dotted name -> what happens, and what to do instead
CALLS = {
    "asyncio.run": ("asyncio.run fails where a loop runs already, as it does in a notebook", "Write await"),
    "clear_output": ("clear_output is not honoured by nbval", "Print once, or use the board"),
    "exit": ("exit ends the kernel", "Take it away"),
    "input": ("input waits for somebody, and nobody is there in CI", "Give the value in the cell"),
    "os._exit": ("os._exit ends the kernel", "Take it away"),
    "os.system": ("os.system writes past the notebook", "Capture what it says and print it"),
    "quit": ("quit ends the kernel", "Take it away"),
    "set_matplotlib_formats": ("an SVG figure holds a date and ids that change", "Leave the figures PNG"),
    "time.sleep": ("time.sleep stops the buttons of the board", "Write await asyncio.sleep"),
    "tqdm": ("a progress bar prints rates that change", "Let the kit show the progress"),
    "warnings.warn": ("a warning prints the number of the kernel's process", "Print the words"),
    "widgets.Output": ("what goes into an Output widget is seen by nbval too", "Show the value as the cell's result"),
}
MODULES = {
    "altair": ("altair fetches its scripts from the network", "Use matplotlib"),
    "locust": ("importing locust hangs the kernel", "Call lab.load, which runs it in a process of its own"),
    "tqdm": ("a progress bar prints rates that change", "Let the kit show the progress"),
}
NAMES = {
    "In": ("In does not exist under nbval", "Give the value a name"),
    "Out": ("Out does not exist under nbval", "Give the value a name"),
}
MAGIC = re.compile(r"^\s*%%?(time|timeit|prun)\b|^\s*%config\s+InlineBackend\.figure_formats?\s*=.*svg", re.MULTILINE)
MARKER = re.compile(r"#\s*(NBVAL_[A-Z_]+|PYTEST_VALIDATE_IGNORE_OUTPUT)")
SUBPROCESS = {"subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.Popen"}
CAPTURES = {"capture_output", "stdout"}
Trouble = tuple[str, str]


def code_says_the_same_again(notebook: Notebook) -> Iterator[Finding]:
    """No cell uses what is known to differ between two runs, or between a notebook and nbval."""
    for cell in notebook.code:
        for what, repair in dict.fromkeys((*_in_text(cell), *_in_tree(cell))):
            yield at(notebook, cell, what, repair)


def _in_text(cell: Cell) -> Iterator[Trouble]:
    if MAGIC.search(cell.source):
        yield "this magic shows something else in every run", "Take it away"
    for marker in MARKER.findall(cell.source):
        yield f"the comment {marker} steers nbval", "Use a tag, which a reader does not see"
    if tree(cell) is None:
        yield "this is not Python", "Fix the cell"
    elif _ends_in_semicolon(cell):
        yield "a semicolon hides a value in a notebook, and nbval sees it all the same", "Give the value a name"


def _in_tree(cell: Cell) -> Iterator[Trouble]:
    for node in ast.walk(tree(cell) or ast.Module([], [])):
        match node:
            case ast.Import(names=names):
                yield from (MODULES[top] for top in _tops(alias.name for alias in names) if top in MODULES)
            case ast.ImportFrom(module=str(module)):
                yield from (MODULES[top] for top in _tops([module]) if top in MODULES)
            case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
                yield NAMES[name]
            case ast.Call():
                yield from _in_call(node)


def _in_call(node: ast.Call) -> Iterator[Trouble]:
    name, words = called(node), {keyword.arg for keyword in node.keywords}
    yield from (CALLS[known] for known in CALLS if name == known or name.endswith(f".{known}"))
    if name in SUBPROCESS and not words & CAPTURES:
        yield f"{name} writes past the notebook", "Add capture_output=True, and print what it said"
    if "display_id" in words:
        yield "nbval does not see that a display is updated", "Show the last state once"
    if name.split(".")[-1] == "HTML" and any(isinstance(word, ast.JoinedStr) for word in node.args):
        yield "the value that is written into this HTML is compared", "Show an object whose repr stays the same"


def _tops(names: Iterator[str] | list[str]) -> list[str]:
    return [name.split(".")[0] for name in names]


def _ends_in_semicolon(cell: Cell) -> bool:
    quiet = {tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER, tokenize.INDENT, tokenize.DEDENT}
    try:
        tokens = [
            token for token in tokenize.generate_tokens(io.StringIO(cell.source).readline) if token.type not in quiet
        ]
    except (tokenize.TokenError, SyntaxError):
        return False
    return bool(tokens) and tokens[-1].string == ";"


RULES: tuple[Rule, ...] = (code_says_the_same_again,)
