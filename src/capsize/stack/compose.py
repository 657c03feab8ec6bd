"""compose.yaml -> Stack: the documented subset of Compose (docs/compose.md), so that one file runs here and in Docker.

Everything else is refused with file:line, the key's path, what was got and what would be accepted: all of it in one
error. The only I/O is reading the file and the files of variables and secrets that it names; whether the host's
folders exist is for the runtime to find out.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from capsize.stack import ignored, secrets
from capsize.stack.lines import Entries, load
from capsize.stack.model import OUTSIDE, Location, Service, Stack
from capsize.stack.refusal import StackFileError, shorten
from capsize.stack.service import Declared, service
from capsize.stack.value import Value
from capsize.stack.volumes import named_volumes
from capsize.stack.wiring import check

__all__ = ["StackFileError", "read"]

SERVICE_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
KEYS = ("services", "volumes", "networks", "secrets", "version", "name")
MOST_SERVICES = 100


def read(file: Path, variables: Mapping[str, str] = {}, *, dockerfiles: bool = False) -> Stack:
    """Read a Compose file. ``variables`` fill in ``${VAR}``; the environment of this process does not.

    The stack has the file's ``name``, else that of its folder, as in Compose. With ``dockerfiles`` a service that is
    built runs what its Dockerfile says, and not the kit's image. Raises StackFileError, and nothing else, for whatever
    is in the files.
    """
    root = Value(load(file), "", Location(file, 1), dict(variables))
    stack = root.attempt(lambda one: _stack(one, file, dockerfiles), None)
    root.findings.tell()
    assert stack, "a reading that refuses nothing makes a stack"
    return replace(stack, notes=tuple(sorted(root.findings.notes, key=lambda note: note.place.line)))


def _stack(root: Value, file: Path, dockerfiles: bool) -> Stack:
    keys = _top(root)
    folder = Path(os.path.abspath(file)).parent  # noqa: PTH100 - resolve() would follow links that Docker keeps
    declared = Declared(
        keys["volumes"].attempt(named_volumes, {}) if "volumes" in keys else {},
        keys["secrets"].attempt(lambda value: secrets.declared(value, folder), {}) if "secrets" in keys else {},
    )
    values = _wanted(_service_values(keys["services"]))
    read_one = functools.partial(service, file=file, declared=declared, dockerfiles=dockerfiles)
    services, sound = _services(values, read_one)
    name = keys["name"].attempt(_name, "") if "name" in keys else ""
    stack = Stack(name or file.resolve().parent.name or "stack", file, services)
    check(stack, {name: value.entries() for name, value in values.items() if name in sound}, keys.get("networks"))
    return stack


def _services(values: Mapping[str, Value], read: Callable[..., Service]) -> tuple[dict[str, Service], set[str]]:
    """Read all services, and say which of them have nothing that is refused."""
    services, sound = dict[str, Service](), set[str]()
    for name, value in values.items():
        before = len(value.findings.refused)
        services[name] = value.attempt(functools.partial(read, name), Service(name, value.place))
        sound |= {name} if len(value.findings.refused) == before else set()
    return services, sound


def _top(root: Value) -> dict[str, Value]:
    keys = root.entries(KEYS, free="x-", elsewhere=ignored.TOP_REFUSED)
    if "services" not in keys:
        root.findings.tell()  # it may be there under another name
        raise root.refuse("services is missing", expected="services: and under it one key for each service")
    ignored.note(keys, ("version",), ())
    return keys


def _name(value: Value) -> str:
    text = value.text("a name")
    if not PROJECT_NAME.fullmatch(text):
        raise value.refuse("this cannot name a stack", expected="a-z, 0-9, - _ only", got=shorten(text))
    return text


def _wanted(values: Mapping[str, Value]) -> dict[str, Value]:
    """Leave out the services of profiles that ``COMPOSE_PROFILES`` does not name."""
    wanted: dict[str, Value] = {}
    for name, value in values.items():
        profiles = _profiles(value)
        asked = (value.variables or {}).get("COMPOSE_PROFILES", "").split(",")
        if not profiles or "*" in asked or set(profiles) & set(asked):
            wanted[name] = value
        else:
            value.note(f"left out: {name}, of the profile {profiles[0]}")
    return wanted


def _profiles(value: Value) -> tuple[str, ...]:
    keys = value.entries() if isinstance(value.node, Entries) else {}
    return keys["profiles"].each(lambda one: one.text("a profile")) if "profiles" in keys else ()


def _service_values(value: Value) -> dict[str, Value]:
    found = value.entries()
    if not found:
        raise value.refuse("there is no service", expected="one key for each service")
    if len(found) > MOST_SERVICES:
        raise value.refuse("too many services", expected=f"{MOST_SERVICES} at most", got=str(len(found)))
    return {name: each for name, each in found.items() if each.attempt(functools.partial(_named, name), False)}


def _named(name: str, value: Value) -> bool:
    if name == OUTSIDE:
        raise value.refuse(f"{OUTSIDE} is what the kit calls every caller from outside", expected="another name")
    if not SERVICE_NAME.fullmatch(name):
        raise value.refuse("this cannot name a service", expected="a-z, 0-9, - _ . only", got=shorten(name))
    return True
