"""A notebook of thirty cells that breaks no rule, for tests that break one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capsize.course.lab_paths import Rooms
from capsize.notebooks import canonical, seal
from capsize.notebooks.notebook import CHANGING

Cells = list[dict[str, Any]]
PNG = "iVBORw0KGgo="


def prose(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = (), count: int | None = 1) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source}
    return {**cell, "execution_count": count, "outputs": list(outputs)}


def said(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: str) -> dict[str, Any]:
    mimes = {"text": "text/plain", "png": "image/png", "widget": "application/vnd.jupyter.widget-view+json"}
    return {"output_type": "display_data", "metadata": {}, "data": {mimes[key]: value for key, value in data.items()}}


def raised(name: str, value: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": ["\x1b[31mline 1", f"{name}: {value}"]}


CHECK = code('check("1.1")', shown(text="1.1 passed: mend it"))


def good() -> Cells:
    """Give the cells: a question, an exercise, a claim beside figures that change, and a step again and again."""
    opening = [prose("# How far does it go?"), code("import capsize"), prose("## Measure\n\nLook.")]
    measured = [code("rps", shown(text="412.7"), tags=(CHANGING,)), code("print(rps > 1)", said("True\n"))]
    exercise = [prose("## Exercise 1.1: mend it\n\nEdit `work/01_boat/boat.py`.\n\n- one\n- two"), CHECK]
    steps = [cell for number in range(11) for cell in (prose(f"## Step {number}\n\nLook."), code("1 + 1"))]
    return [*opening, *measured, prose("It goes on."), *exercise, *steps]


def rooms_below(folder: Path) -> Rooms:
    (folder / "labs").mkdir(exist_ok=True)
    return Rooms(folder, "01_boat")


def page_of(cells: Cells) -> dict[str, Any]:
    """Give the canonical form, sealed, as an update would."""
    page = canonical.canonical({"cells": cells})
    return seal.settle(page, page, pictures=True)


def write(rooms: Rooms, cells: Cells) -> Rooms:
    rooms.notebook.write_text(canonical.text(page_of(cells)))
    return rooms
