"""The glossary: each term where a notebook first explains it, which its prose marks as ``_term_``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from capsize.course.lab_paths import Rooms

TERM = re.compile(r"(?<![\w`*/])_([A-Za-z][^_\n]*)_(?!\w)")
LEANS = re.compile(
    r"^(that|this|these|it|such|here|so|kubernetes calls this|eureka calls it|the other)\b", re.IGNORECASE
)
SENTENCE = re.compile(r"(?<=[.?]) +(?=[A-Z\[*_`\"])")
MARKS = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*`]+|(?<!\w)_|_(?!\w)")
SHORT = 36  # characters of a sentence that the next one has to explain
LIST = re.compile(r"^\s*(?:[-*]|\d+\.)\s+")


@dataclass(frozen=True)
class Term:
    """A term, the words that explain it, and the section of the notebook in which they are."""

    name: str
    words: str
    rooms: Rooms
    heading: str


def glossary(everything: Sequence[Rooms]) -> list[Term]:
    """List the terms of some labs by name; the first lab that explains one counts."""
    found: dict[str, Term] = {}
    for rooms in everything:
        for term in _terms_of(rooms):
            found.setdefault(term.name.lower(), term)
    return [found[name] for name in sorted(found)]


def _terms_of(rooms: Rooms) -> Iterator[Term]:
    for heading, paragraph in _paragraphs(rooms.notebook):
        sentences = SENTENCE.split(LIST.sub("", paragraph))
        for place, sentence in enumerate(sentences):
            for found in TERM.finditer(sentence):
                before = place - bool(LEANS.match(sentence))
                after = place + 1 + (len(sentence) < SHORT)
                yield Term(found[1], plain(" ".join(sentences[max(0, before) : after])), rooms, heading)


def _paragraphs(notebook: Path) -> Iterator[tuple[str, str]]:
    """Yield each line of prose with the heading that it is below."""
    heading = ""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines() if cell["cell_type"] == "markdown" else ():
            if line.startswith("#"):
                heading = line.lstrip("# ")
            else:
                yield heading, line


def plain(markdown: str) -> str:
    """Return the words of a line of Markdown."""
    words = MARKS.sub(lambda found: found[1] or "", markdown).strip()
    return words if words == markdown else plain(words)  # a mark may be inside of a link
