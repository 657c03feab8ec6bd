"""What a course in a folder that cannot be written says, instead of a traceback."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from capsize.errors import CapsizeError


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Raise CapsizeError where what is yours cannot be written into the course at ``root``."""
    try:
        yield
    except OSError as error:
        raise CapsizeError(
            "your files and your progress cannot be written here",
            place=error.filename or root,
            expected="a course in a folder that you may write",
            got=error.strerror or str(error),
            next=f"make it writable, or work in a copy: cp -r {root} ~/capsize && cd ~/capsize",
        ) from error
