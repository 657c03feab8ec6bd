"""``capsize notebooks new 19_name``: every room of a lab that works, for its author to replace piece by piece.

The templates are in ``templates/``, at the paths that they are copied to, as lab 99 of the course.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from capsize.course.lab_paths import SLUG, Rooms, find_slugs
from capsize.errors import CapsizeError
from capsize.notebooks import canonical

TEMPLATES = Path(__file__).with_name("templates")
TEMPLATE, CELL, CODE = "99_name", "\n+++\n", re.compile(r"```python\n(.*)\n```", re.DOTALL)


def create(root: Path, slug: str) -> list[Path]:
    """Write the rooms of a new lab, and return their files; the notebook has not run yet.

    Raises CapsizeError, before anything is written, if the slug is not valid or its number, name or a file is taken.
    """
    _refuse_bad_slug(root, slug)
    _refuse_taken_slug(root, slug)
    files = dict(_files(root, slug))
    taken = [Rooms(root, slug).short(file) for file in files if file.exists()]
    if taken:
        raise CapsizeError(f"lab {slug} has files already", got=", ".join(taken), next=_example(root))
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)


def _files(root: Path, slug: str) -> Iterator[tuple[Path, str]]:
    for template in sorted(TEMPLATES.rglob("*.txt")):
        name = template.relative_to(TEMPLATES).as_posix().removesuffix(".txt").replace(TEMPLATE, slug)
        text = _filled(template.read_text(encoding="utf-8"), slug)
        yield root / name, _notebook(text) if name.endswith(".ipynb") else text


def _filled(text: str, slug: str) -> str:
    """Put the slug, the exercises' number and the lab's number for those of lab 99."""
    text = text.replace(TEMPLATE, slug).replace("99.1", f"{int(slug[:2])}.1")
    return re.sub(r"\b([Ll]ab |LAB=|refusals\.py )99\b", rf"\g<1>{slug[:2]}", text)


def _notebook(text: str) -> str:
    cells = [_cell(source.strip("\n")) for source in text.split(CELL)]
    return canonical.text({"cells": cells})


def _cell(source: str) -> Any:
    code = CODE.fullmatch(source)
    return nbformat.v4.new_code_cell(code[1]) if code else nbformat.v4.new_markdown_cell(source)


def _refuse_bad_slug(root: Path, slug: str) -> None:
    if not SLUG.fullmatch(slug) or slug.startswith("00"):
        expected = "two digits from 01 and a name in lower case, such as 19_name"
        raise CapsizeError("not a valid slug of a lab", expected=expected, got=slug, next=_example(root))


def _refuse_taken_slug(root: Path, slug: str) -> None:
    for other in find_slugs(root):
        if other[:2] == slug[:2] or other[3:] == slug[3:]:
            part = "number" if other[:2] == slug[:2] else "name"
            raise CapsizeError(f"the {part} of {slug} is taken", got=other, next=_example(root, slug[3:]))


def _example(root: Path, name: str = "name") -> str:
    slugs = find_slugs(root)
    numbers, names = {int(slug[:2]) for slug in slugs}, {slug[3:] for slug in slugs}
    after_the_last = range(max(numbers, default=0) + 1, 100)
    free = next(number for number in (*after_the_last, *range(1, 100)) if number not in numbers)
    return f"capsize notebooks new {free:02}_{name if name not in names else 'name'}"
