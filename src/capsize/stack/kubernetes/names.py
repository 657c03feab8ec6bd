"""Services: which pods a name means, at which of their ports, and what the outside may call."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace

from capsize.stack import calls
from capsize.stack.kubernetes.containers import containers, listening, port_names
from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.pods import labels
from capsize.stack.kubernetes.record import Record
from capsize.stack.kubernetes.target_groups import refuse_twin_doors, target_group
from capsize.stack.model import Port, Service, ServiceText, Stack
from capsize.stack.refusal import Findings, one_of
from capsize.stack.value import Value

Names = dict[tuple[str, int], tuple[str, int]]
NO_PORTS: Mapping[int, tuple[str, int]] = {}
DOMAINS = ("", ".{}", ".{}.svc", ".{}.svc.cluster.local")


def names(found: tuple[Document, ...], namespace: str, services: Mapping[str, Service], findings: Findings) -> Names:
    """Return (host, port) -> (who listens, the port) for every form of every Service's name."""
    pods = [document for document in found if document.kind in ("Deployment", "Job")]
    known: Names = {}
    for document in (document for document in found if document.kind == "Service"):
        ports = findings.attempt(functools.partial(_of_service, document, pods, services), NO_PORTS)
        for port, meant in ports.items():
            known |= {(f"{document.name}{domain.format(namespace)}", port): meant for domain in DOMAINS}
    return known


def _of_service(
    document: Document, pods: Iterable[Document], services: Mapping[str, Service]
) -> Mapping[int, tuple[str, int]]:
    return _ports(document, _selected(document, pods), services)


def _selected(service: Document, pods: Iterable[Document]) -> Document:
    wanted = service.spec.mapping("selector").items()
    matching = [each for each in pods if wanted <= labels(each).items()]
    if wanted and len(matching) == 1:
        return matching[0]
    shown = ", ".join(f"{key}: {value}" for key, value in wanted) or "no label"
    if not wanted or not matching:
        known = [f"{key}: {value}" for each in pods for key, value in labels(each).items()]
        raise service.spec.refuse("selector", "no pod has these labels", expected=one_of(shown, known), got=shown)
    words = " and ".join(f"{each.kind} {each.name}" for each in matching)
    raise service.spec.refuse("selector", f"this matches two: {words}", expected="the labels of one", got=shown)


def _ports(service: Document, target: Document, services: Mapping[str, Service]) -> dict[int, tuple[str, int]]:
    found: dict[int, tuple[str, int]] = {}
    ports = service.spec.parts("ports")
    for port in ports:
        number = port.whole("port", 0)
        if number in found:
            raise port.refuse("port", "this port is given twice", expected="another number")
        if len(ports) > 1 and "name" not in port:
            raise port.value.refuse("name is missing", expected="a name for each of several ports")
        inside = _target(port, target)
        found[number] = _who(target, inside, services), inside
    return found


def _who(target: Document, port: int, services: Mapping[str, Service]) -> str:
    """Name the container of the pods that listens at a port: by its PORT, its containerPorts, else the first."""
    own = list(listening(target))
    said = [each.service for each in own if services[each.service].listens == port]
    return next(iter([*said, *(each.service for each in own if port in each.numbers)]), target.name)


def _target(port: Record, target: Document) -> int:
    text, named = port.text("targetPort", "0"), port_names(target)
    if text == "0":
        return port.whole("port", 0)
    if text.isdecimal():
        return int(text)
    if text not in named:
        raise port.refuse("targetPort", f"{target.name} has no port of this name", expected=one_of(text, named))
    return named[text]


def publish(
    services: Mapping[str, Service], found: Iterable[Document], known: Names, findings: Findings
) -> dict[str, Service]:
    """Give services the ports that the outside may call: those of type NodePort and LoadBalancer."""
    published, taken = dict(services), dict[int, Record]()
    doors = [document for document in found if document.kind == "Service"]
    for document in doors:
        findings.attempt(functools.partial(_publish, document, known, published, taken), None)
    findings.attempt(lambda: refuse_twin_doors(doors, published.values()), None)
    return published


def _publish(document: Document, known: Names, published: dict[str, Service], taken: dict[int, Record]) -> None:
    _refuse_node_ports(document, taken)
    first, *_ = document.spec.parts("ports")
    called, _ = known[document.name, first.whole("port", 0)]
    group = target_group(document, published[called])
    if document.spec.text("type", "ClusterIP") == "ClusterIP":
        return
    for port in document.spec.parts("ports"):
        name, number = known[document.name, port.whole("port", 0)]
        door = Port(number, port.whole("nodePort", 0) or None, group)
        others = published[name].ports
        if (number, group) not in [(other.container, other.group) for other in others]:
            published[name] = replace(published[name], ports=(*others, door))


def _refuse_node_ports(document: Document, taken: dict[int, Record]) -> None:
    for port in (port for port in document.spec.parts("ports") if port.whole("nodePort", 0)):
        number = port.whole("nodePort", 0)
        if document.spec.text("type", "ClusterIP") == "ClusterIP":
            raise port.refuse("nodePort", "a ClusterIP has no nodePort", expected="type: NodePort")
        if number in taken:
            raise port.refuse("nodePort", "this port is taken", expected=f"another: {taken[number].value.place} has it")
        taken[number] = port


def refuse_dead_ends(stack: Stack, found: Iterable[Document]) -> None:
    """Refuse an address of a Service at a port that the Service does not have, and one that no wire could be."""
    workloads = [document for document in found if document.kind in ("Deployment", "Job")]
    lines = {each.service: each.record for document in workloads for each in containers(document)}
    for service in stack.services.values():
        place = functools.partial(_line_of, lines[service.name])
        calls.check(stack, service, place)
        for text, host, port in calls.named(stack, service):
            place(text).attempt(functools.partial(_refuse_dead_end, stack, text, host, port), None)


def _refuse_dead_end(stack: Stack, text: ServiceText, host: str, port: int, at: Value) -> None:
    if stack.called(host, port) is None:
        ports = [str(number) for each, number in stack.names or () if each == host]
        words = f"{text.name} calls {host} at a port that it does not have"
        raise at.refuse(words, expected=one_of("", ports), got=str(port))


def _line_of(container: Record, text: ServiceText) -> Value:
    if text.kind == "environment":
        entries = [each.value for each in container.parts("env") if each.text("name") == text.name]
        return entries[0] if entries else container.keys.get("envFrom", container.value)
    if text.kind == "command":
        return container.keys.get("command", container.keys.get("args", container.value))
    return container.keys["lifecycle" if text.kind == "pre_stop" else f"{text.kind}Probe"]
