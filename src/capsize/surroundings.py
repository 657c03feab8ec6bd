"""What must be right around a command before it imports anything: its working folder, and Python's own modules."""

from __future__ import annotations

import os
import sys

from capsize.errors import CapsizeError

ENDINGS = (".py", ".pyc", ".so")


def check() -> None:
    """Raise CapsizeError where this process cannot work: its folder is gone, or a file hides a module of Python's."""
    try:
        here = os.getcwd()  # noqa: PTH109 - pathlib may be what is hidden
    except FileNotFoundError as error:
        raise CapsizeError("the folder in which you are was deleted", next="cd") from error
    for folder in _before_python_s_own():
        for name in _modules(folder or here):
            if name.split(".")[0] in sys.stdlib_module_names:
                raise _hidden(folder or here, name)


def _before_python_s_own() -> list[str]:
    own = os.path.dirname(os.__file__)  # noqa: PTH120
    return sys.path[: sys.path.index(own)] if own in sys.path else []


def _modules(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []
    packages = (name for name in names if os.path.isfile(f"{folder}/{name}/__init__.py"))  # noqa: PTH113
    return sorted([*(name for name in names if name.endswith(ENDINGS)), *packages])


def _hidden(folder: str, name: str) -> CapsizeError:
    by_variable = folder in os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return CapsizeError(
        f"{folder}/{name} hides Python's own module {name.split('.')[0]}",
        expected="no module by the name of one of Python's" + (" in PYTHONPATH" if by_variable else ""),
        next="unset PYTHONPATH" if by_variable else f"mv {folder}/{name} {folder}/my_{name}",
    )
