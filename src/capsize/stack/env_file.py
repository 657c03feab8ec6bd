"""Files of variables, read as Docker Compose reads them: ``env_file`` of a service, ``.env`` beside a Compose file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from capsize.stack.interpolation import UnfilledError, fill
from capsize.stack.model import Location
from capsize.stack.refusal import StackFileError, shorten
from capsize.stack.value import UNSAFE, Value

LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[\w.-]+)\s*(?:[=:]\s*(?P<value>.*?))?\s*")
QUOTED = re.compile(r"""(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)\s*(?:#.*)?""")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
LARGEST = 256 * 1024


def variables_beside(file: Path) -> Mapping[str, str]:
    """Return what fills in the ``${VAR}`` of somebody's own Compose file: its ``.env``, and over it the environment."""
    beside = file.parent / ".env"
    return {**(read(beside, os.environ) if beside.is_file() else {}), **os.environ}


def env_files(value: Value, folder: Path) -> Mapping[str, str]:
    """Read a service's ``env_file``: a path, or a list of paths and of path, required and format."""
    found: dict[str, str] = {}
    for item in value.items() if value.is_list else (value,):
        keys = {} if item.is_text else item.entries(("path", "required", "format"))
        if not item.is_text and "path" not in keys:
            raise item.refuse("path is missing", expected="path: .env")
        path = folder / keys.get("path", item).text("a path such as .env")
        is_raw = "format" in keys and keys["format"].word(("raw",)) == "raw"
        if path.is_file():
            found |= read(path, {**(value.variables or {}), **found}, raw=is_raw)
        elif "required" not in keys or keys["required"].flag():
            raise item.refuse("there is no such file", expected=f"a file {shorten(str(path))}")
    return found


def read(file: Path, variables: Mapping[str, str], *, raw: bool = False) -> dict[str, str]:
    """Read a file of variables. Raises StackFileError at a line that is none."""
    found: dict[str, str] = {}
    for number, line in enumerate(_text(file).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = LINE.fullmatch(line)
        if not parts:
            raise StackFileError("this is not a variable", place=Location(file, number), expected="NAME=value")
        name, value = parts["name"], parts["value"]
        if value is None:
            found |= {name: variables[name]} if name in variables else {}
            continue
        try:
            found[name] = value if raw else _value(value, {**variables, **found})
        except UnfilledError as error:
            place = Location(file, number)
            raise StackFileError(f"{name}: {error.what}", place=place, expected=error.expected) from error
    return found


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST + 1).decode()
    except (OSError, ValueError) as error:
        raise StackFileError(f"cannot read this file: {error}", place=Location(file, 1)) from error
    if len(text) > LARGEST or UNSAFE.search(text):
        raise StackFileError("this is not a file of variables", place=Location(file, 1), expected="lines of NAME=value")
    return text


def _value(text: str, variables: Mapping[str, str]) -> str:
    quoted = QUOTED.fullmatch(text)
    if quoted and quoted["quote"] == "'":
        return quoted["text"]
    if quoted:
        plain = re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], _kept(found[1])), quoted["text"])
        return fill(plain, variables)
    if text[:1] in ("'", '"'):
        raise UnfilledError("this quotation is not closed on its line", "both quotes on one line")
    return fill(re.sub(r"(^|\s+)#.*", "", text), variables)


def _kept(mark: str) -> str:
    return "$$" if mark == "$" else mark
