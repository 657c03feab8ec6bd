"""The form: canonical to the byte, every cell run, nothing on stderr, no error that nobody announced."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat

from capsize.notebooks import canonical, seal
from capsize.notebooks.notebook import RAISES, Cell, Notebook, joined
from capsize.notebooks.rules.finding import Finding, Rule, at, of

SKIP = "nbval-skip"


def is_canonical(notebook: Notebook) -> Iterator[Finding]:
    """The file is what `capsize notebooks update` would write."""
    wanted = canonical.text(nbformat.reads(notebook.text, as_version=4))
    if wanted != notebook.text:
        line = _first_difference(notebook.text, wanted)
        yield of(notebook, f"line {line} is not in the canonical form", _update(notebook))


def every_cell_has_run(notebook: Notebook) -> Iterator[Finding]:
    """A cell without a count is one that nbval does not compare."""
    for cell in notebook.code:
        if cell.count is None:
            yield at(notebook, cell, "this cell has not been run, so that nothing would be compared", _update(notebook))
        if SKIP in cell.tags:
            yield at(notebook, cell, f"the tag {SKIP} hides whatever happens here", "Take the tag away")


def stderr_is_empty(notebook: Notebook) -> Iterator[Finding]:
    """What a lab says goes to stdout; stderr is for what went wrong."""
    for cell in notebook.code:
        said = [output for output in cell.outputs if output.get("name") == "stderr"]
        if said:
            words = joined(said[0]["text"]).strip().splitlines()
            yield at(notebook, cell, f"stderr says {words[-1] if words else ''!r}", "Fix the cause, or print it")


def errors_are_announced(notebook: Notebook) -> Iterator[Finding]:
    """An error is there because the lab wants it, and then it must come."""
    for cell in notebook.code:
        has_raised = any(output["output_type"] == "error" for output in cell.outputs)
        if has_raised and RAISES not in cell.tags:
            yield at(notebook, cell, "an error without a tag that announces it", f"Fix the cell, or tag it {RAISES}")
        if RAISES in cell.tags and not has_raised:
            yield at(notebook, cell, f"tagged {RAISES}, and it raises nothing", "Take the tag away")


def pictures_are_of_this_code(notebook: Notebook) -> Iterator[Finding]:
    """A seal that does not fit means that the code changed after the picture was taken."""
    page = canonical.canonical(nbformat.reads(notebook.text, as_version=4))
    names = [cell["id"] for cell in page["cells"]]
    cells = {cell.id: cell for cell in notebook.cells}
    for number in seal.broken(page):
        cell = cells.get(names[number - 1], Cell(number, names[number - 1], "code", ""))
        yield at(notebook, cell, "what this cell shows was not made by the code as it is now", _update(notebook))


def _update(notebook: Notebook) -> str:
    return f"Type: capsize notebooks update {notebook.rooms.slug}"


def _first_difference(text: str, wanted: str) -> int:
    lines, others = text.splitlines(), wanted.splitlines()
    pairs = enumerate(zip(lines, others, strict=False), 1)
    return next((number for number, (line, other) in pairs if line != other), min(len(lines), len(others)) + 1)


RULES: tuple[Rule, ...] = (
    is_canonical,
    every_cell_has_run,
    stderr_is_empty,
    errors_are_announced,
    pictures_are_of_this_code,
)
