"""What a speaker runs: the cells of the sections that a deck names, slide by slide, in the demo's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from capsize.course.lab_paths import Rooms
from capsize.notebooks.execute import execute
from capsize.slides import prepare_demo, read


def demo_page(rooms: Rooms) -> Any:
    """Make a notebook of what the deck runs, in the deck's order."""
    sections = [section for slide in read(rooms.slides, reports_of(rooms)).slides for section in slide.sections]
    by_heading: dict[str, list[Any]] = {}
    heading = ""
    page = nbformat.read(rooms.notebook, as_version=4)
    for cell in page.cells:
        if cell.cell_type == "code":
            by_heading.setdefault(heading, []).append(cell)
        else:
            heading = ([heading] + [line.lstrip("# ") for line in cell.source.splitlines() if line[:1] == "#"])[-1]
    page.cells = [cell for section in sections for cell in by_heading.get(section, [])]
    return page


def run_demos(rooms: Rooms) -> Any:
    """Prepare the demo's folder, run its demos in the deck's order, and return the notebook with what they showed."""
    notebook = prepare_demo(rooms)
    own = Rooms(notebook.parents[1], rooms.slug)
    return execute(own, demo_page(rooms), code="work")


def reports_of(rooms: Rooms) -> Path:
    return rooms.root / "labs" / "reports" / rooms.slug
