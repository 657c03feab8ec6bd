"""The prose: one question as title, as much of it as of code, plain words, and links that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from capsize.course.lab_paths import Rooms
from capsize.notebooks.notebook import Cell, Notebook, outside_fences
from capsize.notebooks.rules.finding import Finding, Rule, at, of

FEWEST, MOST = 30, 50
LEAST_PROSE = 0.4
LINK = re.compile(r"(!?)\[[^\]]*\]\(\s*<?([^)>\s]+)>?[^)]*\)")
NOT_PROSE = re.compile(r"`[^`]*`|<!--.*?-->|<[^>]+>|https?://\S+", re.DOTALL)
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f]")
FOREIGN = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def length_is_a_lesson(notebook: Notebook) -> Iterator[Finding]:
    """A lab has 30 to 50 cells, and prose in two of five at least."""
    count, prose = len(notebook.cells), len(notebook.prose)
    if not FEWEST <= count <= MOST:
        yield of(notebook, f"{count} cells, where a lab has {FEWEST} to {MOST}", "Cut the lab, or tell more of it")
    if prose < LEAST_PROSE * count:
        yield of(
            notebook,
            f"{prose} of {count} cells are prose",
            "Say before a run what to look for, and after it what it means",
        )


def title_is_one_question(notebook: Notebook) -> Iterator[Finding]:
    """There is one H1, in the first cell, and it asks something."""
    titles = [(cell, heading) for cell in notebook.cells for heading in cell.headings if heading.level == 1]
    if len(titles) != 1:
        yield of(notebook, f"{len(titles)} headings of level 1, where a notebook has one", "Use ## below the title")
    for cell, heading in titles[:1]:
        if cell.number != 1:
            yield at(notebook, cell, "the title stands here", "Put it into the first cell")
        if not heading.text.endswith("?"):
            yield at(notebook, cell, f"the title asks nothing: {heading.text}", "Make it the lab's question")


def words_are_plain(notebook: Notebook) -> Iterator[Finding]:
    """No exclamation mark and no emoji; what is quoted as code may have them."""
    for cell in notebook.prose:
        words = prose_of(cell)
        if "!" in words:
            yield at(notebook, cell, f"an exclamation mark: {_around(words, '!')}", "A full stop will do")
        for emoji in EMOJI.findall(words)[:1]:
            yield at(notebook, cell, f"an emoji: {_around(words, emoji)}", "Say it in words")


def links_lead_somewhere(notebook: Notebook) -> Iterator[Finding]:
    """A relative link is a file of this course; a link into the page is one of its headings."""
    anchors = {heading.text.replace(" ", "-") for cell in notebook.cells for heading in cell.headings}
    for cell in notebook.prose:
        for _, target in LINK.findall("\n".join(outside_fences(cell.source))):
            if not _leads(notebook.rooms, target, anchors):
                yield at(notebook, cell, f"the link {target} leads nowhere", "Name a file as it is seen from labs/")


def prose_of(cell: Cell) -> str:
    """Give the words that a reader reads: no code, no addresses, no markup."""
    text = "\n".join(outside_fences(cell.source))
    return NOT_PROSE.sub(" ", LINK.sub(" ", text))


def _leads(rooms: Rooms, target: str, anchors: set[str]) -> bool:
    if FOREIGN.match(target) or target.startswith("attachment:"):
        return True
    path, _, anchor = target.partition("#")
    if not path:
        return anchor in anchors
    return _as_given(rooms, (rooms.notebook.parent / path).resolve()).exists()


def _as_given(rooms: Rooms, path: Path) -> Path:
    """work/ is not there before the first use: what it will hold is what starter/ holds."""
    work = rooms.root.resolve() / "work"
    return rooms.root.resolve() / "starter" / path.relative_to(work) if path.is_relative_to(work) else path


def _around(words: str, sign: str) -> str:
    line = next(line for line in words.splitlines() if sign in line).strip()
    start = max(0, line.index(sign) - 30)
    return f"{line[start : line.index(sign) + 1]!r}"


RULES: tuple[Rule, ...] = (length_is_a_lesson, title_is_one_question, words_are_plain, links_lead_somewhere)
