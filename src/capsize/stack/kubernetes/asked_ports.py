"""The ports that probes and hooks ask: one of those at which the pod listens, by number or in a command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from capsize.stack import own_ports
from capsize.stack.kubernetes.containers import PROBES, containers
from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.record import Record
from capsize.stack.model import Service
from capsize.stack.value import Value

KINDS = ("httpGet", "tcpSocket", "grpc")


def refuse_strange_ports(services: Mapping[str, Service], found: Iterable[Document]) -> None:
    """Refuse a port of the pod at which nothing of it listens, as far as the manifest says where it does."""
    for document in (document for document in found if document.kind in ("Deployment", "Job")):
        parts = containers(document)
        pod = [services[each.service] for each in parts]
        there = own_ports.listening(pod, services) | {port for each in parts for port in each.numbers}
        if not own_ports.listening(pod, services):
            continue
        for value, port in (asked for each in parts for asked in _asked(each.record)):
            if port not in there:
                words, expected = "nothing of this pod listens there", f"port {' or '.join(map(str, sorted(there)))}"
                value.findings.refused.append(value.refuse(words, expected=expected, got=str(port)))


def _asked(container: Record) -> Iterator[tuple[Value, int]]:
    for handler in _handlers(container):
        for part in (found for kind in KINDS if (found := handler.part(kind))):
            if part.text("port").isdecimal():
                yield part.keys["port"], int(part.text("port"))
        if command := handler.part("exec"):
            for port in own_ports.named(command.texts("command")):
                yield command.keys["command"], port


def _handlers(container: Record) -> Iterator[Record]:
    for field in PROBES:
        if found := container.part(field):
            yield from filter(None, [found.part("preStop")] if field == "lifecycle" else [found])
