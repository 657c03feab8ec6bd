"""A PostgreSQL data folder made once and copied for each instance: initdb takes a second, a copy less than a tenth.

The copy is kept small, for it is files and not bytes that cost: maps that the server makes anew (_fsm, _vm) and
``template0`` are left out, and a spare database waits to be renamed, which costs nothing where CREATE DATABASE would.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs

from capsize.errors import CapsizeError
from capsize.runtime.backing import shelf
from capsize.runtime.backing.installation import Installation

SPARE = "capsize_spare"
OPTIONS = (
    *("--username=postgres", "--auth=trust", "--no-sync", "--no-instructions", "--encoding=UTF8"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--wal-segsize=1"),
    *("-c", "dynamic_shared_memory_type=mmap"),
)
STATEMENTS = f"""\
CREATE DATABASE {SPARE};
UPDATE pg_database SET datistemplate = false WHERE datname = 'template0';
DROP DATABASE template0;
"""
CLONE = ("cp", "-cRp") if sys.platform == "darwin" else ("cp", "-a")  # both share blocks where the file system can


def lay(data: Path, installation: Installation) -> None:
    """Make the data folder ``data``, which appears whole or not at all. Its parent belongs to the server's user."""
    part = half(data)
    shutil.rmtree(part, ignore_errors=True)
    template = cache() / _name(installation)
    if os.access(template, os.R_OK | os.X_OK):
        _clone(template, part)
    else:
        make(part, installation)
        with contextlib.suppress(OSError, CapsizeError):  # a cache that cannot be written costs time, no more
            shelf.put(template, functools.partial(_keep, part))
    part.rename(data)


def half(data: Path) -> Path:
    """Return where a data folder is while it is made."""
    return data.with_name(f"{data.name}.part")


def cache() -> Path:
    """Return the folder that keeps templates from one run to the next."""
    return platformdirs.user_cache_path("capsize")


def _name(installation: Installation) -> str:
    recipe = hashlib.sha256(repr((OPTIONS, STATEMENTS)).encode()).hexdigest()[:8]
    return f"cluster-{installation.version}-{recipe}-{installation.user or os.geteuid()}"


def make(data: Path, installation: Installation) -> None:
    """Make a data folder from nothing."""
    _run([installation["initdb"], "-D", str(data), *OPTIONS], installation)
    _run([installation["postgres"], "--single", "-D", str(data), "-F", "postgres"], installation, STATEMENTS)
    _run([installation["pg_resetwal"], "-D", str(data)], installation)
    for file in [*data.rglob("*_fsm"), *data.rglob("*_vm")]:
        file.unlink()


def _run(argv: list[str], installation: Installation, words: str = "") -> None:
    folder = Path(argv[argv.index("-D") + 1]).parent
    environment = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C"}
    done = subprocess.run(
        argv, input=words, text=True, capture_output=True, cwd=folder, env=environment, **installation.identity()
    )
    if done.returncode != 0 or "ERROR:" in done.stderr:  # a single-user server goes on after an error
        raise CapsizeError(
            "cannot make a data folder for PostgreSQL",
            evidence=done.stderr.splitlines()[-4:],
            next="capsize doctor",
        )


def _clone(source: Path, target: Path) -> None:
    done = subprocess.run([*CLONE, str(source), str(target)], capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        raise CapsizeError(
            "cannot copy PostgreSQL's data folder",
            evidence=done.stderr.splitlines()[-2:],
            next=f"make room in {target.parent}, or remove the cached original: rm -r {source}",
        )


def _keep(data: Path, whole: Path) -> None:
    _clone(data, whole)
    os.sync()  # a template that a power cut left half-written would be copied for ever
