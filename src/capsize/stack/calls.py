"""The addresses in a service's texts: each is a wire, or is refused or told at its line, never passed in silence."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

from capsize.stack.addresses import Call, Pair, port_name
from capsize.stack.model import HERE, Service, ServiceText, Stack
from capsize.stack.paths import is_route, rewrite
from capsize.stack.ports import HIGHEST
from capsize.stack.value import Value

# how a variable is called that holds a name, and no address
NAMES = re.compile(
    r"(^|_|PG)(USER|USERNAME|DB|DATABASE|DBNAME|NAME|HOSTNAME|PASSWORD|PASS|SECRET|SCHEMA|ROLE|ID|KEY|TOKEN|BUCKET|"
    r"QUEUE|TOPIC|SUBJECT|STREAM|APP|APPLICATION|MODULE|COMPONENT|MODE|ENV|LEVEL|TYPE|KIND|PREFIX|TAG|LABEL|REGION|GROUP|"
    r"CHANNEL)S?$",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\s,;]+")
QUOTED = re.compile(r"[\"']([\w.-]+)[\"']")
Place = Callable[[ServiceText], Value]


def check(stack: Stack, service: Service, place: Place) -> None:
    """Check all texts of a service; ``place`` finds a text's line. Takes in what is refused."""
    pairs = {pair.host_of: pair for pair in stack.pairs(service)}
    for text in service.texts:
        at = place(text)
        for call in stack.hosts.calls(text.text):
            if call.host in stack.hosts.names and call.is_sure:
                at.attempt(functools.partial(_check_call, stack, service, text, call), None)
        if text.kind == "environment":
            pair = pairs.get(text.name)
            if pair and pair.host in stack.hosts.names:
                at.attempt(functools.partial(_check_pair, stack, pair), None)
            elif not pair:
                _note_names(stack, service, text, at)
            _note_route(service, text, at)
    if service.image:
        _refuse_command(stack, service, place)


def named(stack: Stack, service: Service) -> Iterator[tuple[ServiceText, str, int]]:
    """Yield the hosts of the stack that a service's texts call at a port, each with its text."""
    for text in service.texts:
        for call in stack.hosts.calls(text.text):
            if call.is_sure and call.port and call.host in stack.hosts.names:
                yield text, call.host, call.port
    for pair in stack.pairs(service):
        if pair.port and pair.host in stack.hosts.names:
            yield ServiceText("environment", pair.host_of, pair.host), pair.host, pair.port


def _check_call(stack: Stack, service: Service, text: ServiceText, call: Call, at: Value) -> None:
    if not call.port:
        raise at.refuse(f"{text.name} names {call.host} without a port", expected=_form(stack, call.host))
    if not 1 <= call.port <= HIGHEST:
        expected = (
            f"{call.scheme}://{call.host}: and 1 to {HIGHEST}" if call.scheme else f"{call.host}: and 1 to {HIGHEST}"
        )
        raise at.refuse(f"{text.name} names a port that there is not", expected=expected, got=str(call.port))
    called = stack.called(call.host, call.port)
    if called and called[0] == service.name and len(stack.pod(service.name)) == 1:
        at.note(f"not a wire: {text.name} calls {service.name} itself")


def _check_pair(stack: Stack, pair: Pair, at: Value) -> None:
    if pair.port_of is None:
        words = f"{pair.host_of} names {pair.host}, and no variable beside it says the port"
        raise at.refuse(words, expected=f"{_form(stack, pair.host)}, or {_port_beside(stack, pair)} beside it")
    if not 1 <= pair.port <= HIGHEST:
        raise at.refuse(f"{pair.port_of} is not a port", expected=f"1 to {HIGHEST}", got=str(pair.port))


def _port_beside(stack: Stack, pair: Pair) -> str:
    return f'{port_name(pair.host_of)}: "{_port(stack, pair.host)}"'


def _form(stack: Stack, host: str) -> str:
    return f"an address such as {host}:{_port(stack, host)}"


def _port(stack: Stack, host: str) -> int:
    if stack.names is not None:
        return next((port for name, port in stack.names if name == host), 80)
    called = stack.called(host, 0)
    return (stack.services[called[0]].listens if called else None) or 8000


def _note_names(stack: Stack, service: Service, text: ServiceText, at: Value) -> None:
    if NAMES.search(text.name):
        return
    words = WORD.findall(text.text)
    names = stack.hosts.names - {service.name, *service.aliases}
    found = [word for word in words if word in names] if {*words} <= {*stack.hosts.names, *HERE} else []
    found += [word for word in QUOTED.findall(text.text) if word in names]
    if found:
        at.note(f"not a wire: {text.name} names {', '.join(dict.fromkeys(found))} without a port")


def _note_route(service: Service, text: ServiceText, at: Value) -> None:
    targets = dict.fromkeys((volume.target for volume in service.volumes), "")
    if is_route(text.name, text.text) and rewrite(text.text, targets) != text.text:
        at.note(f"not a folder: {text.name} is read as a path of URLs")


def _refuse_command(stack: Stack, service: Service, place: Place) -> None:
    words = ServiceText("command", "command", "\0".join(service.command))
    for call in stack.hosts.calls(words.text):
        called = stack.called(call.host, call.port) if call.host in stack.hosts.names else None
        if called and called[0] != service.name and (call.is_sure or stack.services[called[0]].listens == call.port):
            what = f"the command of a backing service cannot call {call.host} here"
            place(words).attempt(functools.partial(_refuse, what), None)


def _refuse(what: str, at: Value) -> None:
    raise at.refuse(what, expected="no address of another service")
