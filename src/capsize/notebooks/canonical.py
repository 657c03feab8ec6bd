"""The one form in which a notebook is committed, so that a run that changes nothing changes no byte."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from capsize.notebooks.notebook import headings, joined

SANITIZE = Path(__file__).with_name("sanitize.cfg")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_METADATA = ("capsize", "slideshow", "tags")
WIDGET = "application/vnd.jupyter.widget-view+json"
LONGEST = 48


def text(page: Mapping[str, Any]) -> str:
    """Write a notebook (as nbformat reads it) in the canonical form, ready for the file."""
    return str(nbformat.writes(nbformat.from_dict(canonical(page)))) + "\n"


def canonical(page: Mapping[str, Any]) -> dict[str, Any]:
    """Put a notebook into the form: fixed metadata, ids from headings, counts 1 to n, tidy outputs."""
    cells = [cell for cell in page["cells"] if joined(cell["source"]).strip()]
    counts = iter(range(1, len(cells) + 1))
    named = zip(ids(cells), cells, strict=True)
    return {
        "cells": [
            _code(name, cell, next(counts)) if cell["cell_type"] == "code" else _cell(name, cell)
            for name, cell in named
        ],
        "metadata": METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def ids(cells: list[Mapping[str, Any]]) -> Iterator[str]:
    """Name every cell after the heading above it, and number those that follow."""
    section, given, seen = "start", dict[str, int](), set[str]()
    for cell in cells:
        for heading in headings(joined(cell["source"])) if cell["cell_type"] == "markdown" else ():
            section = slug(heading.text)
        name = section
        while name in seen:
            given[section] = given.get(section, 0) + 1
            name = f"{section}-{given[section]}"
        seen.add(name)
        yield name


def slug(words: str) -> str:
    """Write a heading in letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-") or "cell"


def tidy(words: str) -> str:
    """Replace what differs from run to run, by the rules that nbval uses too."""
    for regex, placeholder in rules():
        words = re.sub(regex, placeholder, words)
    return words


@cache
def rules() -> tuple[tuple[str, str], ...]:
    """Read which patterns become which placeholders."""
    return tuple(re.findall(r"^regex: (.*)$\n^replace: (.*)$", SANITIZE.read_text(encoding="utf-8"), re.MULTILINE))


def _cell(id: str, cell: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 - the format's word
    metadata = {key: cell["metadata"][key] for key in KEPT_METADATA if cell["metadata"].get(key)}
    attachments = {"attachments": cell["attachments"]} if cell.get("attachments") else {}
    source = "\n".join(line.rstrip() if cell["cell_type"] == "code" else line for line in _lines(cell))
    return {"cell_type": cell["cell_type"], "id": id, "metadata": metadata, "source": source, **attachments}


def _lines(cell: Mapping[str, Any]) -> list[str]:
    return joined(cell["source"]).strip("\n").rstrip().split("\n")


def _code(id: str, cell: Mapping[str, Any], number: int) -> dict[str, Any]:  # noqa: A002 - the format's word
    count = None if cell.get("execution_count") is None else number
    outputs = [_output(output, count) for output in cell.get("outputs", ())]
    return {**_cell(id, cell), "execution_count": count, "outputs": [output for output in outputs if output]}


def _output(output: Mapping[str, Any], count: int | None) -> dict[str, Any] | None:
    match output["output_type"]:
        case "stream":
            return {"output_type": "stream", "name": output["name"], "text": tidy(joined(output["text"]))}
        case "error":
            name, value = output["ename"], tidy(output["evalue"])
            return {"output_type": "error", "ename": name, "evalue": value, "traceback": [f"{name}: {value}"]}
        case kind:
            data = {mime: _tidy(value) for mime, value in output["data"].items() if mime != WIDGET}
            shown = {"output_type": kind, "data": data, "metadata": {}}
            return ({**shown, "execution_count": count} if kind == "execute_result" else shown) if data else None


def _tidy(value: Any) -> Any:
    is_text = isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value))
    return tidy(joined(value)) if is_text else value
