"""The learner's folder while a check runs: a container sees it read-only, so nothing may appear or change there."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator
from pathlib import Path

from capsize.check.judge import Refusal

# what editors, Python and its tools leave beside a file
BESIDE = ("*~", "#*#", ".#*", ".*.sw?", ".~*", "._*", "4913", ".goutputstream-*", ".nfs*", ".DS_Store", ".git", ".idea")
CACHES = (".vscode", ".ipynb_checkpoints", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache")
State = dict[str, tuple[int, int]]


def state(code: Path) -> State:
    """Return size and time of change of each file below ``code``, but for what editors keep there."""
    return {file.relative_to(code).as_posix(): _of(file) for file in _files(code)}


def changed(code: Path, before: State) -> Refusal | None:
    """Return a refusal that names the files which appeared or changed since; None where all is as it was."""
    now = state(code)
    new = [f"{name} appeared" for name in sorted(now) if name not in before]
    other = [f"{name} changed" for name in sorted(now) if name in before and now[name] != before[name]]
    if not new and not other:
        return None
    return Refusal(
        expected="your folder stays as it is while the check runs: containers see it read-only",
        got=", ".join([*new, *other]),
        look=(new or other)[0].split(" ")[0],
        advice="if you saved it yourself, check again",
    )


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_beside(name)]
        yield from (Path(place, name) for name in names if not _is_beside(name))


def _is_beside(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in (*BESIDE, *CACHES))


def _of(file: Path) -> tuple[int, int]:
    found = file.lstat()
    return found.st_size, found.st_mtime_ns
