"""What a team pushes of an app: all files but those in which a scanner finds a secret, as hosts of repositories do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

NAME = re.compile(r"secret|passw|token", re.IGNORECASE)
LITERAL = re.compile(r"""["']([^"'\s]{8,})["']""")
URL = re.compile(r"://[^/\s:@{}]+:[^/\s:@{}]+@")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
LEFT_OUT = ("__pycache__", ".ipynb_checkpoints", "exercises.toml", "own", ".env")


def push(folder: Path, target: Path) -> list[str]:
    """Copy what is pushed of a folder. Return what is not: ``settings.py:5``, where the secret is."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
    found = {file: line for file in sorted(target.rglob("*")) if file.is_file() and (line := secret_in(file))}
    for file in found:
        file.unlink()
    return [f"{file.relative_to(target)}:{line}" for file, line in found.items()]


def secret_in(file: Path) -> int:
    """Return the number of the first line that gives a secret away; 0 for none."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if gives_away(line)), 0)


def gives_away(line: str) -> bool:
    """Say whether a line has a URL with a password, or a value beside the name of a secret."""
    values = [value for value in LITERAL.findall(line) if not VARIABLE.fullmatch(value)]
    return bool(URL.search(line) or (NAME.search(line) and values))
