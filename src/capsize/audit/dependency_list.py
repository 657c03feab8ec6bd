"""What an app declares that it needs, and for which language."""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from capsize.audit.hindrance import Hindrance

Language = Literal["python", "node", ""]
NODE = ("node", "npm", "npx", "yarn", "pnpm")
OTHERS = ("Pipfile", "setup.py", "setup.cfg", "environment.yml", "poetry.lock")
MANIFEST = "package.json"
PYTHON = ("*.py", "requirements.txt", "pyproject.toml", "Pipfile")


@dataclass(frozen=True)
class DependencyList:
    """``file`` is where it was read, empty where nothing is declared; ``requirements`` are pip's words."""

    language: Language
    file: str = ""
    requirements: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        return f"what {self.file} declares" if self.file else "nothing, for it declares nothing"


def language(folder: Path, start: str) -> Language:
    """Say what an app is written in, by its command and its files; empty where that is neither Python nor Node."""
    try:
        words = shlex.split(start)
    except ValueError:
        words = start.split()
    program = next((word for word in words if "=" not in word), "").rpartition("/")[2]
    if program in NODE or (folder / MANIFEST).is_file():
        return "node"
    has_python = any(any(folder.glob(name)) for name in PYTHON)
    return "python" if has_python or program.startswith("python") else ""


def read(folder: Path, start: str) -> DependencyList:
    """Read the list. Raise Hindrance where it is of a kind that the audit does not read."""
    spoken = language(folder, start)
    if spoken == "python":
        return _of_python(folder)
    if spoken == "node":
        return DependencyList("node", MANIFEST if (folder / MANIFEST).is_file() else "", tuple(_of_node(folder)))
    raise Hindrance("it is neither in Python nor in Node, whose lists of dependencies the audit can install")


def _of_python(folder: Path) -> DependencyList:
    if (folder / "requirements.txt").is_file():
        return DependencyList("python", "requirements.txt", ("-r", "requirements.txt"))
    project = _project(folder / "pyproject.toml")
    if "dependencies" in project:
        return DependencyList("python", "pyproject.toml", tuple(project["dependencies"]))
    other = next((name for name in OTHERS if (folder / name).is_file()), None)
    if other or "dependencies" in project.get("dynamic", ()):
        raise Hindrance(f"the audit reads requirements.txt and [project] in pyproject.toml, not {other or 'dynamic'}")
    return DependencyList("python")


def _project(file: Path) -> dict[str, Any]:
    try:
        words = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (ValueError, OSError) as error:
        raise Hindrance(f"{file.name} cannot be read: {error}") from error
    if "poetry" in words.get("tool", {}) and "project" not in words:
        raise Hindrance("the audit reads [project] in pyproject.toml, not [tool.poetry]")
    project = words.get("project", {})
    return project if isinstance(project, dict) else {}


def _of_node(folder: Path) -> Iterator[str]:
    try:
        words = json.loads((folder / MANIFEST).read_text(encoding="utf-8")) if (folder / MANIFEST).is_file() else {}
    except ValueError as error:
        raise Hindrance(f"{MANIFEST} cannot be read: {error}") from error
    yield from words.get("dependencies", {})
