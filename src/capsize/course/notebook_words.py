"""What a notebook's prose says of its lab: the question that it asks, and the minutes that it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

TAKES = re.compile(r"\*\*Takes\*\* (\d+) minutes")


def question_of(notebook: Path) -> str | None:
    """Return the notebook's first heading of the first level; None where there is none to read."""
    return next((line[2:].strip() for line in _lines(notebook) if line.startswith("# ")), None)


def minutes_of(notebook: Path) -> int | None:
    """Return how long the notebook says that it takes; None where it does not."""
    return next((int(said[1]) for line in _lines(notebook) if (said := TAKES.search(line))), None)


def _lines(notebook: Path) -> Iterator[str]:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for text in prose:
        yield from text.splitlines()
