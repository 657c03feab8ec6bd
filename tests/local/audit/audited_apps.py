"""Apps for the audit to judge: copies of those in apps/, each the newest commit of a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psutil

from capsize.runtime.host.processes.run_dir import run_dir

APPS = Path(__file__).with_name("apps")
GIT = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")


def lay(name: str, target: Path) -> Path:
    """Copy an app and commit it."""
    folder = shutil.copytree(APPS / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    commit(folder)
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a text that a file has once, and commit that."""
    text = (folder / file).read_text()
    assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
    (folder / file).write_text(text.replace(old, new))
    commit(folder)


def swap(folder: Path, variant: str, file: str) -> None:
    """Put a variant in the place of a file, and commit that."""
    shutil.copy(APPS / "variants" / variant, folder / file)
    commit(folder)


def commit(folder: Path) -> None:
    """Make a repository of a folder, with one commit of all that is in it."""
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "the app")):
        subprocess.run([*GIT, *words], cwd=folder, check=True, env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1"})


def contents(folder: Path) -> dict[str, bytes]:
    """Return all that a folder has, git's own bookkeeping aside."""
    files = (file for file in folder.rglob("*") if file.is_file() and ".git" not in file.parts)
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def children() -> set[int]:
    """List the processes that descend from this one, without warm interpreters, which come when they are needed."""
    return {one.pid for one in psutil.Process().children(recursive=True) if not _is_warm(one)}


def _is_warm(process: psutil.Process) -> bool:
    try:
        return "--zygote" in process.cmdline()
    except psutil.Error:
        return True  # gone meanwhile


def run_folders() -> set[Path]:
    """List the folders of what runs, or was left."""
    return set(run_dir().glob("capsize-*"))
