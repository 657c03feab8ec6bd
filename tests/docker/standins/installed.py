"""Distributions of the running environment, with those that they need, copied into a folder to import from."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)")


def copy(name: str, into: Path, *, extras: tuple[str, ...] = ()) -> None:
    """Copy a distribution, ``extras``, and what all of these need, as far as it is installed."""
    for one in _closure([name, *extras]):
        for file in one.files or ():
            source = Path(str(one.locate_file(file)))
            if ".." not in file.parts and source.is_file() and "__pycache__" not in file.parts:
                target = into / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)


def _closure(todo: list[str]) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    while todo:
        name = todo.pop().lower().replace("_", "-")
        try:
            one = distribution(name)
        except PackageNotFoundError:
            continue
        if name not in found:
            found[name] = one
            plain = [text for text in one.requires or () if "extra ==" not in text]
            todo += [REQUIREMENT.match(text)[1] for text in plain]
    return list(found.values())
