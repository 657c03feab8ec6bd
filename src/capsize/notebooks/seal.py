"""Pictures and figures that change in every run, kept as they are until the code that made them changes.

A cell with such an output carries a seal: a digest of the code so far and of what it shows. Where the seal fits,
an update keeps the committed output; where it does not, the picture is not what this code draws, and is drawn again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from capsize.notebooks.notebook import CHANGING, joined

PICTURES = ("image/png", "image/jpeg")
Page = Mapping[str, Any]


def settle(fresh: Page, committed: Page, *, pictures: bool = False) -> dict[str, Any]:
    """Keep the committed outputs of cells whose seal fits, take the fresh ones elsewhere, and seal both.

    Both are in canonical form and have the same code. ``pictures`` takes every output fresh.
    """
    pairs = zip(_code_so_far(fresh), committed["cells"], strict=True)
    return {**fresh, "cells": [_settled(cell, old, code, pictures) for (cell, code), old in pairs]}


def broken(page: Page) -> Iterator[int]:
    """Give the numbers, from 1, of the cells whose changing output this code did not make."""
    for number, (cell, code) in enumerate(_code_so_far(page), 1):
        if is_changing(cell) and _seal_of(cell) != seal(code, cell["outputs"]):
            yield number


def is_changing(cell: Page) -> bool:
    """Tell whether a cell shows something that is another one in every run."""
    if cell["cell_type"] != "code" or not cell["outputs"]:
        return False
    return CHANGING in cell["metadata"].get("tags", ()) or any(_pictures(output) for output in cell["outputs"])


def seal(code: str, outputs: list[Any]) -> str:
    """Digest the code so far and what it shows."""
    lines = json.dumps([code, _flat(outputs)], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def _settled(fresh: Page, old: Page, code: str, pictures: bool) -> Page:
    if not is_changing(fresh):
        return _with_seal(fresh, None)
    is_kept = not pictures and _seal_of(old) == seal(code, old.get("outputs", [])) and _claims(fresh) == _claims(old)
    outputs = old["outputs"] if is_kept else fresh["outputs"]
    return _with_seal({**fresh, "outputs": outputs}, seal(code, outputs))


def _code_so_far(page: Page) -> Iterator[tuple[Page, str]]:
    code = ""
    for cell in page["cells"]:
        code += joined(cell["source"]) + "\n\n" if cell["cell_type"] == "code" else ""
        yield cell, code


def _claims(cell: Page) -> Any:
    """Give what must be the same in every run: nothing of a tagged cell, all but the pictures of another."""
    if CHANGING in cell["metadata"].get("tags", ()):
        return None
    return _flat([{**output, "data": _without_pictures(output)} for output in cell["outputs"]])


def _without_pictures(output: Page) -> dict[str, Any]:
    return {mime: value for mime, value in output.get("data", {}).items() if mime not in PICTURES}


def _pictures(output: Page) -> list[str]:
    return [mime for mime in output.get("data", {}) if mime in PICTURES]


def _flat(value: Any) -> Any:
    """Join every text that a file holds as a list of lines, so that both ways of writing it have one digest."""
    if isinstance(value, Mapping):
        return {key: _flat(inner) for key, inner in value.items() if key != "execution_count"}
    if isinstance(value, list):
        return joined(value) if value and all(isinstance(line, str) for line in value) else [*map(_flat, value)]
    return value


def _seal_of(cell: Page) -> Any:
    return cell["metadata"].get("capsize", {}).get("seal")


def _with_seal(cell: Page, mark: str | None) -> dict[str, Any]:
    metadata = {key: value for key, value in cell["metadata"].items() if key != "capsize"}
    return {**cell, "metadata": {**metadata, "capsize": {"seal": mark}} if mark else metadata}
