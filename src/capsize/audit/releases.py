"""Copies of an app's folder, so that nothing of the app is changed; and what a run changed in a copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

LEFT_OUT = (".git", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox")
LINKED = "node_modules"  # what a build put there; a copy of it would take long, and nothing writes to it
CACHES = ("__pycache__",)
State = Mapping[str, tuple[int, int]]  # path -> size, time of the last change


def lay(folder: Path, target: Path, *, built: bool = True) -> Path:
    """Copy an app's folder without its history and its environments; ``built``: with the packages that Node needs."""
    shutil.copytree(folder, target, symlinks=True, ignore=_left_out)
    if built and (folder / LINKED).is_dir() and not (target / LINKED).exists():
        (target / LINKED).symlink_to((folder / LINKED).resolve())
    return target


def _left_out(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in (*LEFT_OUT, LINKED) or is_environment(Path(folder, name))}


def is_environment(folder: Path) -> bool:
    """Say whether a folder is an environment of Python packages."""
    return (folder / "pyvenv.cfg").is_file()


def state(folder: Path) -> State:
    """Return what each file of a folder is like at this moment, without caches of compiled code."""
    found: dict[str, tuple[int, int]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in CACHES]
        for file in (Path(place, name) for name in names):
            try:
                status = file.lstat()
            except FileNotFoundError:
                continue
            found[str(file.relative_to(folder))] = (status.st_size, status.st_mtime_ns)
    return found


def changed(before: State, after: State) -> list[str]:
    """List the files that are new, or are not what they were, or are gone."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def size(folder: Path, files: Iterable[str]) -> dict[str, int]:
    """Return the files' sizes in bytes, of those that are there."""
    return {name: (folder / name).stat().st_size for name in files if (folder / name).is_file()}
