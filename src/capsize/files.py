"""Files that are whole or not there: written beside, then renamed, so that no reader ever sees half of one."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, content: bytes | str) -> Path:
    """Make ``content`` the file's, in one step for whoever reads it; text is written as UTF-8. Return the path.

    The file keeps its mode; a new one gets that of any new file. Its folder must be there.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content.encode() if isinstance(content, str) else content)
        if path.exists():
            beside.chmod(path.stat().st_mode)
        return beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
