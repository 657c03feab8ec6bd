"""Execute a lab's notebook and write its canonical form, in which only what really changed is changed."""

from __future__ import annotations

import nbformat

from capsize import files
from capsize.course.lab_paths import Rooms
from capsize.errors import CapsizeError
from capsize.notebooks import seal
from capsize.notebooks.canonical import canonical, text
from capsize.notebooks.execute import execute


def updated(rooms: Rooms, *, pictures: bool = False) -> str:
    """Execute the notebook and give the text that its file should have; ``pictures`` takes every one anew."""
    try:
        page = nbformat.read(rooms.notebook, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError) as error:
        raise CapsizeError(f"{rooms.slug} has no notebook", place=rooms.notebook, got=str(error)) from error
    fresh = execute(rooms, page)
    return text(seal.settle(canonical(fresh), canonical(page), pictures=pictures))


def update(rooms: Rooms, *, pictures: bool = False) -> bool:
    """Bring the file up to date; True where that changed a byte. Where a cell fails, the file stays as it is."""
    before, after = rooms.notebook.read_text(encoding="utf-8"), updated(rooms, pictures=pictures)
    if before != after:
        files.replace(rooms.notebook, after)
    return before != after
