"""Plain words: patterns that a reader has to read twice are in no text that a user reads."""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from the_course import ROOT

# a pattern, and what to say instead
HARD = {
    r"\bdo(?:es)? not do\b(?! [a-z])": "is not valid, is not supported",
    r"\b(?:this|it|that) is no (?!longer\b|more\b|less\b|better\b|worse\b|other\b)[a-z]": "is not a …",
    r"\bthere (?:twice|two times)\b": "twice",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\b(?:told by|tells? of|told of)\b": "said by, names",
    r"\bnobody is held\b": "is not enforced",
    r"\bwhere (?:nothing|none) is said\b": "by default",
    r"\bend(?:s|ed|ing)? well\b|\bnot end well\b": "gracefully, without an error",
    r"\bwhoever\b": "who, what, anybody who",
    r"\bnot content\b": "failed",
    r"\bbears\b|\bmust bear\b": "has, survives",
    r"\bdid not come\b(?! true)": "did not arrive, did not happen",
}
TEXTS = (
    "*.md",
    "docs/*.md",
    "slides/*.md",
    "starter/*/*",
    "labs/*.ipynb",
    "labs/load/*.py",
    "labs/remember/*.toml",
    "docker/*/*.yaml",
    "slides/drawings/*/*.svg",
)


def paragraphs(file: Path) -> Iterator[str]:
    """Yield the texts of a file that a user reads: of a notebook its prose, of a module of the kit what it prints."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        yield from ("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
    elif file.suffix == ".py" and file.is_relative_to(ROOT / "src"):
        yield from printed(ast.parse(text), with_docstrings="cli" in file.parts)
    else:
        yield text


def printed(tree: ast.Module, *, with_docstrings: bool) -> Iterator[str]:
    """Yield the texts of a module that are not docstrings; in the terminal's commands a docstring is the help."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(tree) if isinstance(node, owners) and ast.get_docstring(node)]
    hidden = set() if with_docstrings else {id(node.body[0].value) for node in nodes}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in hidden:
            yield node.value


def files() -> list[Path]:
    found = {file for pattern in TEXTS for file in ROOT.glob(pattern) if file.is_file() and file.suffix != ".pyc"}
    return sorted({*found, *(ROOT / "src").rglob("*.py"), *(ROOT / "tests" / "labs").glob("*.py")})


@functools.cache
def texts() -> list[tuple[Path, str]]:
    """Read everything once: each pattern is looked for in all of it."""
    return [(file, text) for file in files() for text in paragraphs(file)]


@pytest.mark.parametrize("hard", HARD)
def test_texts_are_in_plain_words(hard):
    """A text that a user reads has none of the patterns that STYLE keeps out."""
    pattern = re.compile(hard, re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}: …{text[max(0, match.start() - 40) : match.end() + 40]!r}… say: {HARD[hard]}"
        for file, text in texts()
        for match in pattern.finditer(text)
    ]
    assert not found, "\n".join(found)
