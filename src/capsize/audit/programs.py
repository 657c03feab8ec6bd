"""Where a deploy finds its programs: in an environment first, and then where this machine has them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from capsize.audit import releases

OWN = (".venv", "venv", "env")
KITS_OWN = Path(sys.executable).parent


@dataclass(frozen=True)
class Programs:
    """``folder`` has an environment's programs. ``is_fresh``: the audit made it; only the system's are beside it."""

    folder: Path | None = None
    is_fresh: bool = False

    @property
    def path(self) -> str:
        """The search path. The kit's own packages are not on it, unless they are what was named."""
        usual = os.defpath if self.is_fresh else os.environ.get("PATH", os.defpath)
        others = [folder for folder in usual.split(os.pathsep) if folder and Path(folder).absolute() != KITS_OWN]
        return os.pathsep.join([*([str(self.folder)] if self.folder else []), *others])


def named(python: Path | None, folder: Path) -> Programs | None:
    """Return the environment that somebody named, or the one that lies in the app's folder."""
    if python:
        return Programs(python.parent)
    own = next((folder / name for name in OWN if releases.is_environment(folder / name)), None)
    return Programs(own / "bin") if own else None


def python_of(programs: Programs | None) -> Path:
    """Return the interpreter of an environment, the kit's own without one."""
    found = programs.folder / "python" if programs and programs.folder else None
    return found if found and found.is_file() else Path(sys.executable)
