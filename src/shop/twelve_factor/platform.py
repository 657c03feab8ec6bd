"""A small platform: ``python -m shop.twelve_factor.platform web`` runs a Procfile's entry in a copy of the release.

Each copy has a disk of its own, which goes when the copy goes. An entry that is not there is nothing to do. Standard
library only, for it gives its place to the app.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")
OPERATORS = re.compile(r"[;&|<>()]")
LEFT_OUT = ("__pycache__", ".ipynb_checkpoints", "own", "exercises.toml")


def main(entry: str) -> int:
    """Become the process that the Procfile names; return 0 where it names none."""
    command = entries(Path.cwd() / "Procfile").get(entry)
    if command is None:
        print(f"the Procfile has no entry {entry}: nothing to do", flush=True)
        return 0
    release = Path(tempfile.mkdtemp()) / "release"
    shutil.copytree(Path.cwd(), release, ignore=shutil.ignore_patterns(*LEFT_OUT))
    os.chdir(release)
    line = command if OPERATORS.search(command) else f"exec {command}"
    return os.execv("/bin/sh", ["/bin/sh", "-c", line])  # nothing comes back from there


def entries(procfile: Path) -> dict[str, str]:
    """Read the process types of a Procfile."""
    lines = procfile.read_text(encoding="utf-8").splitlines() if procfile.is_file() else []
    found = (LINE.fullmatch(line.strip()) for line in lines)
    return {line["name"]: line["command"] for line in found if line}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
