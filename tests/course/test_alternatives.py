"""Every picture of the course has words for those who do not see it: in notebooks, decks, pages and documents."""

from __future__ import annotations

import json
import re

import pytest
from the_course import ROOT

from capsize.course import Course
from capsize.start_page import PAGES, page_of

MARKDOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
HTML = re.compile(r"<img\b[^>]*>")
ALT = re.compile(r'alt="([^"]*)"')
LEAST = 12  # letters of words that say what there is to see
NOTEBOOKS = sorted((ROOT / "labs").glob("*.ipynb"))
TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "slides").glob("*.md"))]
DRAWINGS = sorted((ROOT / "slides/drawings").rglob("*.svg"))


def pictures(text: str) -> list[tuple[str, str]]:
    """List the pictures of a Markdown or HTML text as (where, words)."""
    found = [(target, words) for words, target in MARKDOWN.findall(text)]
    return found + [(tag, (ALT.search(tag) or [tag, ""])[1]) for tag in HTML.findall(text)]


def wordless(text: str) -> list[str]:
    return [where for where, words in pictures(text) if len(words) < LEAST]


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_pictures_of_a_text_have_words(file):
    """Each picture of a deck or a document has an alternative text."""
    assert wordless(file.read_text()) == []


@pytest.mark.parametrize("file", sorted((ROOT / "slides").glob("*.md")), ids=lambda file: file.name)
def test_columns_of_a_slide_have_names(file):
    """Each column of a table has a heading that can be read aloud."""
    heads = re.findall(r"^(\|.*\|)\n\|[-: |]+\|$", file.read_text(), re.MULTILINE)
    assert [head for head in heads if not all(cell.strip() for cell in head.strip("|").split("|"))] == []


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_pictures_of_a_notebook_have_words(file):
    """Each picture in the prose has an alternative text, and each that a cell draws comes with words beside it."""
    cells = json.loads(file.read_text())["cells"]
    assert [
        found for cell in cells if cell["cell_type"] == "markdown" for found in wordless("".join(cell["source"]))
    ] == []
    shown = [output["data"] for cell in cells for output in cell.get("outputs", []) if "data" in output]
    drawn = ["".join(data.get("text/plain", "")) for data in shown if {"image/png", "image/svg+xml"} & set(data)]
    assert [words for words in drawn if len(words) < LEAST or words.startswith("<Figure")] == []


@pytest.mark.parametrize("name", PAGES)
def test_pictures_of_a_page_have_words(name):
    """Each picture of the start page's pages has an alternative text."""
    assert wordless(page_of(Course(ROOT), name)) == []


@pytest.mark.parametrize("file", DRAWINGS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_drawing_says_what_it_shows(file):
    """Each drawing is a picture to a screen reader, and says in a sentence what is on it."""
    text = file.read_text()
    assert 'role="img"' in text
    assert len(re.search(r'aria-label="([^"]*)"', text)[1]) > 2 * LEAST
