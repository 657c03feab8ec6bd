"""What a word in a terminal names: a lab of the course, or the path of a stack of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from capsize.cli.words import here
from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.course.lab import Lab
    from capsize.session.own_stack import OwnStack


def named(which: str, *, code: str | None = None, python: Path | None = None) -> Lab | OwnStack:
    """Return the lab or the stack that is meant; a lab's name wins over a folder's. Raise CapsizeError for neither."""
    from capsize.session.own_stack import is_path

    if is_path(which):
        return _own(which, code, python)
    try:
        lab = here().lab(which, code)
    except CapsizeError as error:
        if Path(which).exists():
            return _own(which, code, python)
        raise CapsizeError(
            f"{error.what}, and no file or folder {which}", expected=error.expected, next=error.next
        ) from error
    if python:
        raise CapsizeError("a lab runs with the kit's own Python", got=f"--python {python}", next=f"capsize up {which}")
    return lab


def _own(which: str, code: str | None, python: Path | None) -> OwnStack:
    from capsize.session.own_stack import OwnStack

    if code is not None:
        words = "--code names whose files a lab runs; a stack of your own has one kind"
        raise CapsizeError(words, got=f"--code {code}", next=f"capsize up {which}")
    return OwnStack(Path(which), python)
