"""What the documents say can be done: every command, target and link that they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from capsize.cli import app

ROOT = Path(__file__).parents[2]
PATTERNS = ("README.md", "CONTRIBUTING.md", "docs/*.md", "slides/*.md")
DOCUMENTS = [file for pattern in PATTERNS for file in sorted(ROOT.glob(pattern))]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
LESSONS = [*DOCUMENTS, *sorted(ROOT.glob("labs/*.ipynb"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(params=DOCUMENTS, ids=lambda file: file.name)
def document(request) -> Path:
    """Take one document after the other."""
    return request.param


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: file.name)
def test_no_lesson_leads_to_a_lab_that_is_not_there(lesson):
    """Each lab that a text names by its number can be opened."""
    named = re.findall(r"\b[Ll]ab (\d\d)\b", lesson.read_text())
    assert set(named) <= {file.name[:2] for file in ROOT.glob("labs/*.ipynb")}


def code(document: Path) -> str:
    """Join everything in a document that is set as code."""
    return "\n".join(found.strip("`") for found in CODE.findall(document.read_text()))


def verbs() -> set[str]:
    return set(typer.main.get_command(app).commands)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_document_names_commands_that_exist(document):
    """Each `capsize verb` in a document is a verb of the terminal."""
    named = re.findall(r"(?:^|[ /|])capsize ([a-z]+)", code(document), re.MULTILINE)
    assert set(named) <= verbs()


def test_document_names_targets_that_exist(document):
    """Each `make target` in a document is a target of the Makefile."""
    named = re.findall(r"(?:^|[ &])make ([a-z-]+)", code(document), re.MULTILINE)
    assert set(named) <= targets()


def test_document_links_to_what_is_there(document):
    """Each relative link in a document leads to a file, and to a heading in it where it names one."""
    broken = [link for link in LINK.findall(document.read_text()) if not leads_somewhere(document, link)]
    assert broken == []


def leads_somewhere(document: Path, link: str) -> bool:
    if "://" in link:
        return True
    path, _, anchor = link.partition("#")
    file = (document.parent / path) if path else document
    return file.exists() and (not anchor or anchor in anchors(file))
