"""What a ``python`` command asks for, and whether a fork of the warm interpreter can be true to it.

Standard library only, as the spawner reads it too. A fork has behind it what an interpreter does at its start: whatever
a command or its environment wants to change about that needs a fresh one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

PROGRAMS = ("python", "python3")
HONOURED = ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
AT_THE_START = ("PYTHON", "LD_", "DYLD_", "MALLOC_", "OPENSSL_", "PYDANTIC_")  # read once, before the first line
LOCALES = ("LC_ALL", "LC_CTYPE", "LANG")  # the first that is set decides
ENCODED = ("utf8", "C", "POSIX")  # Python takes UTF-8 in the locales C and POSIX too


@dataclass(frozen=True)
class PythonProgram:
    """A program by a module's name, a text or a file; ``rest`` are its own arguments."""

    kind: Literal["module", "text", "file"]
    program: str
    rest: tuple[str, ...] = ()
    is_unbuffered: bool = False
    writes_no_bytecode: bool = False


def parse(words: Iterable[str]) -> PythonProgram | None:
    """Read what follows ``python``. None: an option that changes the interpreter itself, or nothing to run."""
    rest, options = list(words), ""
    while rest and rest[0].startswith("-"):
        letters = rest.pop(0)[1:]
        more = letters[: len(letters) - len(letters.lstrip("uB"))]
        options += more
        if more and more == letters:
            continue
        return _with(options, _by_option(letters.removeprefix(more), rest))
    return _with(options, PythonProgram("file", rest[0], tuple(rest[1:])) if rest else None)


def _with(options: str, command: PythonProgram | None) -> PythonProgram | None:
    return command and replace(command, is_unbuffered="u" in options, writes_no_bytecode="B" in options)


def _by_option(letters: str, rest: list[str]) -> PythonProgram | None:
    if letters[:1] not in ("m", "c"):
        return None
    program, *arguments = [letters[1:], *rest] if letters[1:] else rest or [""]
    kind: Literal["module", "text"] = "module" if letters[0] == "m" else "text"
    return PythonProgram(kind, program, tuple(arguments)) if program else None


def forkable(argv: Iterable[str], env: Mapping[str, str], cwd: str) -> PythonProgram | None:
    """Return what a fork is to run; None where only an interpreter of its own does what ``python`` does."""
    command = parse(list(argv)[1:])
    if command is None or not _is_usual(env):
        return None
    first = search_folder(command, cwd)
    if command.kind == "file" and not Path(cwd, command.program).is_file():
        return None
    return None if _shadows(first) else command


def search_folder(command: PythonProgram, cwd: str) -> str:
    """Say where ``python`` looks for modules first: beside the script, else in the working folder."""
    return str(Path(cwd, command.program).resolve().parent) if command.kind == "file" else cwd


def _is_usual(env: Mapping[str, str]) -> bool:
    """Say whether an environment asks nothing of the interpreter's start; an empty variable asks for nothing."""
    asked = [name for name, value in env.items() if value and name.startswith(AT_THE_START)]
    locale = next((env[name] for name in LOCALES if env.get(name)), "C")
    encoding = locale.partition("@")[0].rpartition(".")[2].lower().replace("-", "")
    return set(asked) <= set(HONOURED) and (encoding == "utf8" or locale in ENCODED)


def _shadows(folder: str) -> bool:
    """Say whether a folder has a module of its own by the name of one that is imported here already."""
    imported = {name for name in sys.modules if "." not in name}
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return False
    return any(name.partition(".")[0] in imported and _is_module(folder, name) for name in names)


def _is_module(folder: str, name: str) -> bool:
    return name.endswith((".py", ".pyc", ".so")) or Path(folder, name, "__init__.py").is_file()
