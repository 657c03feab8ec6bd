"""Files that an app under audit wrote outside of its copies. Those that it made there are removed at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from capsize.audit.deploy import Deploy

DEVICES = ("/dev/null", "/dev/tty", "/dev/std", "/dev/fd", "/dev/pts", "/proc/", "file:")
BESIDE = ("", "-journal", "-wal", "-shm")  # what SQLite has beside a database


def written(deploy: Deploy) -> list[str]:
    """List what a deploy wrote that is not on its own disk: another machine would not have it."""
    return sorted({path for path, _ in deploy.tape.writes if _is_outside(deploy, path)})


def remove_new(deploys: Iterable[Deploy]) -> None:
    """Remove the files that deploys made elsewhere; what was there before them stays."""
    new = {path for deploy in deploys for path, new in deploy.tape.writes if new and _is_outside(deploy, path)}
    for file in (Path(path + end) for path in new for end in BESIDE):
        with contextlib.suppress(OSError):
            file.unlink()


def _is_outside(deploy: Deploy, path: str) -> bool:
    homes = (f"{deploy.home}/", f"{deploy.home.resolve()}/")
    return path.startswith("/") and not path.startswith((*homes, *DEVICES))
