"""A seal on a folder that is kept from one run to the next: it says whether a file was damaged, lost or added since."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path


def digest(folder: Path) -> str:
    """Return the SHA-256 of all names and contents below a folder. Raise OSError where one cannot be read."""
    whole = hashlib.sha256()
    for name in sorted(_files(str(folder))):
        content = Path(name).read_bytes()
        whole.update(f"{os.path.relpath(name, folder)}\0{len(content)}\0".encode(errors="surrogateescape") + content)
    return whole.hexdigest()


def holds(folder: Path, seal: Path) -> bool:
    """Say whether ``seal`` is the folder's."""
    try:
        return seal.read_text(encoding="utf-8") == digest(folder)
    except (OSError, ValueError):
        return False


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                yield entry.path
