"""The ports of its own container that a command names: ``localhost:8000``, ``nc localhost 8000``, ``psql -p 8000``.

A probe or a hook runs beside an instance, and asks it by these. On one machine an instance listens elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from capsize.stack.addresses import Hosts
from capsize.stack.model import Service, is_gateway

HOST = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|::1)"
BREAK = "\x1f"  # between words; in a text of a file it is nothing that a command would need
FORMS = (
    re.compile(rf"(?<![\w.-]){HOST}:(?P<port>[0-9]{{1,5}})(?![\w.])"),
    re.compile(rf"(?<![\w.-]){HOST}[\"']?[\s,{BREAK}]+[\"']?(?P<port>[0-9]{{1,5}})(?![\w.])"),
    re.compile(rf"(?P<scheme>https?)://{HOST}(?P<port>)(?![\w.:-])"),
)
OPTION = re.compile(rf"(?<![\w-])(?:-p|--port|port)[\s={BREAK}]*(?P<port>[0-9]{{1,5}})(?![\w.])")
ELSEWHERE = re.compile(rf"(?<![\w-])(?:-h|--host)[\s={BREAK}]*(?!{HOST})[a-z]")
USUAL = {"http": 80, "https": 443}


def named(command: Sequence[str]) -> list[int]:
    """List the ports of its own network that a command names."""
    return [port for _, port in _found(BREAK.join(command))]


def moved(command: Sequence[str], find: Callable[[int], int | None]) -> tuple[str, ...]:
    """Return a command with each of these ports replaced by what ``find`` says; None leaves it."""
    text = BREAK.join(command)
    for found, port in sorted(_found(text), key=lambda each: each[0].start("port"), reverse=True):
        if (other := find(port)) is not None:
            colon = "" if found["port"] else ":"
            text = f"{text[: found.start('port')]}{colon}{other}{text[found.end('port') :]}"
    return tuple(text.split(BREAK)) if text.count(BREAK) == len(command) - 1 else tuple(command)


def _found(text: str) -> Iterator[tuple[re.Match[str], int]]:
    seen = set[int]()
    for form in FORMS if ELSEWHERE.search(text) else (*FORMS, OPTION):
        for found in form.finditer(text):
            if found.start("port") not in seen:
                seen.add(found.start("port"))
                yield found, int(found["port"] or USUAL[found["scheme"]])


def own(service: Service, services: Mapping[str, Service]) -> set[int]:
    """Return the ports at which a service listens, as its file knows them; none where it does not say."""
    if service.listens:
        return {service.listens}
    texts = [text for other in services.values() for text in other.environment.values()]
    calls = (call for text in texts for call in Hosts((service.name,)).calls(text))
    called = {call.port for call in calls if call.host == service.name and call.port}
    return called or {port.container for port in service.ports}


def strangers(command: Sequence[str], pod: Collection[Service], services: Mapping[str, Service]) -> list[int]:
    """List the ports of its own network that a command names and at which none of its ``pod`` listens."""
    there = listening(pod, services)
    return [port for port in named(command) if there and port not in there]


def listening(pod: Collection[Service], services: Mapping[str, Service]) -> set[int]:
    """Return the ports at which a pod listens; none where its file leaves that open."""
    known = [own(service, services) for service in pod if service.part != "init"]
    return set().union(*known) if all(known) and not any(map(is_gateway, pod)) else set()
