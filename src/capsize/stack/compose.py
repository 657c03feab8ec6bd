"""compose.yaml -> Stack: the documented subset of Compose (docs/compose.md), so that one file runs here and in Docker.

Everything else is refused with file:line, the key's path, what was got and what would be accepted. The only I/O is
reading the file; whether the host's folders exist is for the runtime to find out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from capsize.stack.lines import load
from capsize.stack.model import OUTSIDE, Location, Stack
from capsize.stack.refusal import StackFileError, shorten
from capsize.stack.service import service
from capsize.stack.value import Value
from capsize.stack.volumes import named_volumes
from capsize.stack.wiring import check

__all__ = ["StackFileError", "read"]

SERVICE_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
REFUSED_ON_PURPOSE = {
    "version": "no version: Compose has none any more",
    "name": "no name: docker-compose 1.29 refuses it; the folder names the stack",
    "networks": "no networks: every service reaches those that its environment names",
}
MOST_SERVICES = 100


def read(file: Path, variables: Mapping[str, str] = {}) -> Stack:
    """Read a Compose file. ``variables`` fill in ``${VAR}``, before the environment of this process.

    The stack is named after the file's folder, as Compose does. Raises StackFileError, and nothing else, for whatever
    is in the file.
    """
    root = Value(load(file), "", Location(file, 1), {**os.environ, **variables})
    keys = _top(root)
    named = named_volumes(keys["volumes"]) if "volumes" in keys else {}
    values = _service_values(keys["services"])
    found = {name: service(name, value, file=file, named=named) for name, value in values.items()}
    check(found, values)
    return Stack(file.resolve().parent.name or "stack", file, found)


def _top(root: Value) -> dict[str, Value]:
    keys = root.entries(None)
    for name in REFUSED_ON_PURPOSE.keys() & keys.keys():
        raise keys[name].refuse("this key is not supported", expected=REFUSED_ON_PURPOSE[name])
    root.entries(("services", "volumes", "x-*"), free="x-")
    if "services" not in keys:
        raise root.refuse("services is missing", expected="services: and under it one key for each service")
    return keys


def _service_values(value: Value) -> dict[str, Value]:
    found = value.entries()
    if not found:
        raise value.refuse("there is no service", expected="one key for each service")
    if len(found) > MOST_SERVICES:
        raise value.refuse("these are too many services", expected=f"{MOST_SERVICES} at most", got=str(len(found)))
    for name, each in found.items():
        if name == OUTSIDE:
            raise each.refuse(f"{OUTSIDE} is what the kit calls every caller from outside", expected="another name")
        if not SERVICE_NAME.fullmatch(name):
            raise each.refuse("this cannot name a service", expected="a-z, 0-9, - _ . only", got=shorten(name))
    return found
