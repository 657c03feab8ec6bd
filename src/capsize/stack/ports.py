"""``ports`` of a Compose service: what the outside may call. Short and long form, TCP, loopback only."""

from __future__ import annotations

import re

from capsize.stack.model import Port
from capsize.stack.refusal import shorten
from capsize.stack.value import Value

SHORT = re.compile(r"(?:(?:(?P<address>[^:]*):)?(?P<host>[0-9]{1,5}):)?(?P<container>[0-9]{1,5})(?:/tcp)?")
FORMS = '"8000", "8080:8000" or "127.0.0.1:8080:8000"'
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
HIGHEST = 65535
RAW = ("tcp", "tls", "https")  # protocols of which a wire carries the bytes alone
TLS = (443, 8443)  # ports that carry HTTPS where the file names no protocol of theirs: their numbers are known for it
HTTP2 = ("grpc", "h2c", "http2")


def is_number(text: str) -> bool:
    """Say whether a text is the number of a port."""
    return text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= HIGHEST


def ports(value: Value) -> tuple[Port, ...]:
    """Read a list of ports. Ranges, UDP and addresses other than 127.0.0.1 are refused."""
    found: dict[Port, Value] = {}
    for item in value.items(f"a list such as [{FORMS.split(',')[0]}]"):
        port = item.attempt(_port, None)
        if port is None:
            continue
        if port in found:
            raise item.refuse("this port is given twice", expected=f"once (line {found[port].place.line} has it)")
        found[port] = item
    return tuple(found)


def exposed(value: Value) -> int | None:
    """Read ``expose``: the first of its ports is where a service listens that has no PORT."""
    found = value.each(
        lambda item: _number(item, item.text("a port such as 8000", also=("number",)).removesuffix("/tcp"))
    )
    return next(iter(found), None)


def _number(value: Value, text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= HIGHEST:
        raise value.refuse("this is not a port", expected="a port such as 8000", got=shorten(text))
    return int(text)


def _port(value: Value) -> Port | None:
    return _short(value) if value.is_text else _long(value)


def _short(value: Value) -> Port:
    text = value.text(FORMS, also=("number",))
    parts = SHORT.fullmatch(text)
    if not parts:
        raise value.refuse("this is not a port", expected=FORMS, got=shorten(text))
    _refuse_address(value, parts["address"])
    numbers = int(parts["container"]), int(parts["host"]) if parts["host"] else None
    if not all(1 <= number <= HIGHEST for number in numbers if number is not None):
        raise value.refuse("there is no such port", expected=f"numbers from 1 to {HIGHEST}", got=shorten(text))
    return Port(*numbers, is_tcp=numbers[0] in TLS)


def _long(value: Value) -> Port:
    keys = value.entries(("target", "published", "protocol", "host_ip", "mode", "name", "app_protocol"))
    if "target" not in keys:
        raise value.refuse("target is missing", expected="target: the port inside the container")
    if "protocol" in keys:
        keys["protocol"].word(("tcp",))
    if "mode" in keys:
        keys["mode"].word(("ingress", "host"))
    if "host_ip" in keys:
        _refuse_address(keys["host_ip"], keys["host_ip"].text("an address"))
    host = keys["published"].whole(1, HIGHEST) if "published" in keys else None
    container = keys["target"].whole(1, HIGHEST)
    if "app_protocol" not in keys:
        return Port(container, host, is_tcp=container in TLS)
    protocol = keys["app_protocol"].text("a protocol such as http").lower()
    return Port(container, host, is_tcp=protocol in RAW, is_http2=protocol in HTTP2)


def _refuse_address(value: Value, address: str | None) -> None:
    """Refuse an address of another machine; what Docker would open to all is open to this machine alone."""
    if address == EVERYWHERE:
        value.note("published on 127.0.0.1 alone")
    elif address not in (None, LOOPBACK):
        expected = f'{LOOPBACK} before the port, or nothing: "8080:8000"'
        raise value.refuse("only this machine may call", expected=expected)
