"""A log that grows without end is cut in place: what was written last stays, and a line says that the rest is gone.

Run folders lie in memory, so a service that prints in a loop would fill it. Standard library only: see the nursery.
"""

from __future__ import annotations

import contextlib
import os

MOST, KEPT = 8 << 20, 1 << 20  # bytes that a log may have, and that are kept when it has more
CUT = b"(capsize dropped what was written before this line: a log is cut when it has 8 MB)\n"


def keep(log: str) -> None:
    """Cut the log if it is too long. Its writers append, so they go on behind what is kept."""
    with contextlib.suppress(OSError):
        if os.stat(log, follow_symlinks=False).st_size > MOST:  # noqa: PTH116 - the nursery does this all the time
            _cut(log)


def _cut(log: str) -> None:
    file = os.open(log, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        size = os.fstat(file).st_size
        kept = os.pread(file, KEPT, max(0, size - KEPT))
        os.ftruncate(file, 0)
        os.write(file, CUT + kept[kept.find(b"\n") + 1 :])
    finally:
        os.close(file)
