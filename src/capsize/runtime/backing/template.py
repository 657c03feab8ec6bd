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
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import platformdirs

from capsize.errors import CapsizeError
from capsize.runtime.backing import seal, shelf
from capsize.runtime.backing.commands import Run, directly
from capsize.runtime.backing.installation import Installation

SPARE = "capsize_spare"
DATA, SEAL = "data", "seal"  # what a template consists of
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


def lay(data: Path, installation: Installation, run: Run = directly) -> None:
    """Make the data folder ``data``, which appears whole or not at all. Its parent belongs to the server's user."""
    part, template = half(data), cache() / _name(installation)
    shutil.rmtree(part, ignore_errors=True)
    if not _is_copied(template, part, run):
        make(part, installation, run)
        with contextlib.suppress(OSError, CapsizeError):  # a cache that cannot be written costs time, no more
            shelf.put(template, functools.partial(_keep, part, run))
    part.rename(data)


def _is_copied(template: Path, part: Path, run: Run) -> bool:
    """Copy a template that is there and whole; forget one that is damaged, so that it is made anew."""
    if not template.exists():
        return False
    with ThreadPoolExecutor(1) as beside:
        is_whole = beside.submit(seal.holds, template / DATA, template / SEAL)
        try:
            _clone(template / DATA, part, run)
        except CapsizeError:
            if is_whole.result():
                raise
    if not is_whole.result():
        shelf.forget(template)
        shutil.rmtree(part, ignore_errors=True)
    return is_whole.result()


def half(data: Path) -> Path:
    """Return where a data folder is while it is made."""
    return data.with_name(f"{data.name}.part")


def cache() -> Path:
    """Return the folder that keeps templates from one run to the next."""
    return platformdirs.user_cache_path("capsize")


def _name(installation: Installation) -> str:
    recipe = hashlib.sha256(repr((OPTIONS, STATEMENTS, SEAL)).encode()).hexdigest()[:8]
    return f"cluster-{installation.version}-{recipe}-{installation.user or os.geteuid()}"


def make(data: Path, installation: Installation, run: Run = directly) -> None:
    """Make a data folder from nothing."""
    _run((installation["initdb"], "-D", str(data), *OPTIONS), installation, run)
    _run((installation["postgres"], "--single", "-D", str(data), "-F", "postgres"), installation, run, STATEMENTS)
    _run((installation["pg_resetwal"], "-D", str(data)), installation, run)
    for file in [*data.rglob("*_fsm"), *data.rglob("*_vm")]:
        file.unlink()


def _run(argv: tuple[str, ...], installation: Installation, run: Run, words: str = "") -> None:
    folder = Path(argv[argv.index("-D") + 1]).parent
    environment = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C"}
    done = run(argv, cwd=folder, env=environment, words=words, user=installation.user)
    if done.code != 0 or "ERROR:" in done.output:  # a single-user server goes on after an error
        raise CapsizeError(
            "cannot make a data folder for PostgreSQL",
            evidence=done.output.splitlines()[-4:],
            next="capsize doctor",
        )


def _clone(source: Path, target: Path, run: Run) -> None:
    argv = (*CLONE, str(source), str(target))
    done = run(argv, cwd=target.parent, env={"PATH": os.defpath, "LC_ALL": "C"})
    if done.code != 0:
        shutil.rmtree(target, ignore_errors=True)
        raise CapsizeError(
            "cannot copy PostgreSQL's data folder",
            evidence=done.output.splitlines()[-2:],
            next=f"make room in {target.parent}, or empty the cache: rm -r {cache()}",
        )


def _keep(data: Path, run: Run, whole: Path) -> None:
    whole.mkdir(mode=0o700)
    _clone(data, whole / DATA, run)
    (whole / SEAL).write_text(seal.digest(whole / DATA), encoding="utf-8")
    os.sync()  # a power cut must not leave it half-written
