"""``ports`` of a Compose service: what the outside may call. Short and long form, TCP, loopback only."""

from __future__ import annotations

import re

from capsize.stack.model import Port
from capsize.stack.refusal import shorten
from capsize.stack.value import Value

SHORT = re.compile(r"(?:(?:(?P<address>[^:]*):)?(?P<host>[0-9]{1,5}):)?(?P<container>[0-9]{1,5})(?:/tcp)?")
FORMS = '"8000", "8080:8000" or "127.0.0.1:8080:8000"'
LOOPBACK = "127.0.0.1"
HIGHEST = 65535


def is_number(text: str) -> bool:
    """Say whether a text is the number of a port."""
    return text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= HIGHEST


def ports(value: Value) -> tuple[Port, ...]:
    """Read a list of ports. Ranges, UDP and addresses other than 127.0.0.1 are refused."""
    found: dict[Port, Value] = {}
    for item in value.items(f"a list such as [{FORMS.split(',')[0]}]"):
        port = _short(item) if item.is_text else _long(item)
        if port in found:
            raise item.refuse("this port is given twice", expected=f"once (line {found[port].place.line} has it)")
        found[port] = item
    return tuple(found)


def _short(value: Value) -> Port:
    text = value.text(FORMS)
    parts = SHORT.fullmatch(text)
    if not parts:
        raise value.refuse("this is not a port", expected=FORMS, got=shorten(text))
    if parts["address"] not in (None, LOOPBACK):
        raise value.refuse(
            "only this machine may call", expected=f'{LOOPBACK} before the port, or nothing: "8080:8000"'
        )
    numbers = int(parts["container"]), int(parts["host"]) if parts["host"] else None
    if not all(1 <= number <= HIGHEST for number in numbers if number is not None):
        raise value.refuse("there is no such port", expected=f"numbers from 1 to {HIGHEST}", got=shorten(text))
    return Port(*numbers)


def _long(value: Value) -> Port:
    keys = value.entries(("target", "published", "protocol"))
    if "target" not in keys:
        raise value.refuse("target is missing", expected="target: the port inside the container")
    if "protocol" in keys:
        keys["protocol"].word(("tcp",))
    host = keys["published"].whole(1, HIGHEST) if "published" in keys else None
    return Port(keys["target"].whole(1, HIGHEST), host)
