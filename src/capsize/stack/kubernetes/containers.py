"""The containers of a pod template: which part each has, and the service that it is here.

The first of ``containers`` bears the workload's name, each other one that name and its own: shop, shop-agent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from capsize.stack.kubernetes.documents import Document
from capsize.stack.kubernetes.record import Record
from capsize.stack.model import Part

PROBES = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")


@dataclass(frozen=True)
class ContainerSpec:
    """One container: its record, its part in the pod, the service that it is, and the pod's owner."""

    record: Record
    part: Part
    service: str
    owner: str

    @property
    def is_owner(self) -> bool:
        return self.service == self.owner

    @property
    def ports(self) -> Mapping[str, int]:
        """Its ports by name."""
        named = [port for port in self.record.parts("ports") if "name" in port]
        return {port.text("name"): port.whole("containerPort", 0) for port in named}

    @property
    def numbers(self) -> list[int]:
        """Its ports by number."""
        return [port.whole("containerPort", 0) for port in self.record.parts("ports")]


def containers(document: Document) -> tuple[ContainerSpec, ...]:
    """List the containers of a workload's template: the owner, initContainers in their order, other main ones."""
    spec = document.spec.needed("template").needed("spec")
    first, *others = spec.parts("containers")
    found = [ContainerSpec(first, "main", document.name, document.name)]
    for record in spec.parts("initContainers"):
        part: Part = "sidecar" if "restartPolicy" in record else "init"
        found.append(ContainerSpec(record, part, f"{document.name}-{record.text('name')}", document.name))
    for record in others:
        found.append(ContainerSpec(record, "main", f"{document.name}-{record.text('name')}", document.name))
    _refuse_twins(found)
    _refuse_what_ends(found)
    return tuple(found)


def _refuse_twins(found: list[ContainerSpec]) -> None:
    seen: dict[str, Record] = {}
    for container in found:
        name = container.record.text("name")
        if name in seen:
            line = seen[name].value.place.line
            raise container.record.refuse("name", "this name is given twice", expected=f"once (line {line} has it)")
        seen[name] = container.record


def _refuse_what_ends(found: list[ContainerSpec]) -> None:
    """Refuse what a container that ends before the others start has no use for, as the API server does."""
    for container in (each for each in found if each.part == "init"):
        for field in PROBES:
            if field in container.record:
                raise container.record.refuse(
                    field, "an init container ends before it could be asked", expected="restartPolicy: Always beside it"
                )


def port_names(document: Document) -> Mapping[str, int]:
    """Return the ports of a pod by name; an init container that ends has none."""
    return {name: port for each in listening(document) for name, port in each.ports.items()}


def listening(document: Document) -> Iterator[ContainerSpec]:
    """Yield the containers that run as long as the pod."""
    return (each for each in containers(document) if each.part != "init")


def named(document: Document, service: str) -> ContainerSpec:
    """Return the container that is a service here."""
    return next(each for each in containers(document) if each.service == service)
