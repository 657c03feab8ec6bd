"""What must hold between the services of a Compose file: names that exist, no circle, no host port twice."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from capsize.stack import own_ports, pods
from capsize.stack.model import Service, addresses
from capsize.stack.ports import HIGHEST, is_number
from capsize.stack.refusal import one_of, shorten
from capsize.stack.value import Value


def check(services: Mapping[str, Service], values: Mapping[str, Value]) -> None:
    """Check all services against each other; raises StackFileError at the line that has to change."""
    keys = {name: value.entries() for name, value in values.items()}
    for service in services.values():
        _check_dependencies(service, services, keys[service.name])
        _check_addresses(service, services, keys[service.name])
        _check_port(service, keys[service.name])
    pods.check(services, keys)
    for service in services.values():
        _check_healthcheck(service, services, keys[service.name])
    _check_order(services, keys)
    _check_host_ports(services, keys)


def _check_dependencies(service: Service, services: Mapping[str, Service], keys: Mapping[str, Value]) -> None:
    for name, condition in service.depends_on.items():
        if name not in services:
            raise _at(keys["depends_on"], name).refuse(
                "there is no such service", expected=one_of(name, services), got=shorten(name)
            )
        if condition == "service_healthy" and services[name].readiness is None:
            raise _at(keys["depends_on"], name).refuse(
                f"{name} has no healthcheck, so it is never healthy",
                expected=f"a healthcheck in {name}, or condition: service_started",
                got="condition: service_healthy",
            )


def _at(value: Value, name: str) -> Value:
    if value.is_list:
        return next(item for item in value.items() if item.text() == name)
    return value.entries()[name]


def _check_addresses(service: Service, services: Mapping[str, Service], keys: Mapping[str, Value]) -> None:
    for name, text in service.environment.items():
        for scheme, host, port in addresses(text):
            if host in services and not 1 <= port <= HIGHEST:
                words, expected = f"{name} names a port that there is not", f"{scheme}://{host}: and 1 to {HIGHEST}"
                raise keys["environment"].refuse(words, expected=expected, got=str(port))


def _check_port(service: Service, keys: Mapping[str, Value]) -> None:
    port = service.environment.get("PORT")
    if port and not is_number(port):
        expected = f"the number at which {service.name} listens: 1 to {HIGHEST}"
        raise keys["environment"].refuse("PORT is not a port", expected=expected, got=shorten(port))


def _check_healthcheck(service: Service, services: Mapping[str, Service], keys: Mapping[str, Value]) -> None:
    owner = service.network_of or service.name
    pod = [one for one in services.values() if owner in (one.name, one.network_of)]
    command = service.readiness.command if service.readiness else ()
    if strange := own_ports.strangers(command, pod, services):
        words = f"this asks port {strange[0]}, where {' and '.join(one.name for one in pod)} does not listen"
        expected = f"port {' or '.join(map(str, sorted(own_ports.listening(pod, services))))}"
        raise keys["healthcheck"].entries()["test"].refuse(words, expected=expected, got=str(strange[0]))


def _check_order(services: Mapping[str, Service], keys: Mapping[str, Mapping[str, Value]]) -> None:
    waits = {
        name: {*service.depends_on, *([service.network_of] if service.network_of else [])}
        for name, service in services.items()
    }
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        value = keys[circle[0]].get("depends_on") or keys[circle[0]]["network_mode"]
        shown = " -> ".join(circle if len(circle) < 8 else [*circle[:6], "…", circle[-1]])
        raise value.refuse(
            "services wait for each other in a circle", expected="one that waits for none", got=shown
        ) from None


def _check_host_ports(services: Mapping[str, Service], keys: Mapping[str, Mapping[str, Value]]) -> None:
    taken: dict[int, Value] = {}
    for name, service in services.items():
        for port, value in zip(service.ports, keys[name]["ports"].items() if service.ports else (), strict=True):
            if port.host is None:
                continue
            if port.host in taken:
                first = taken[port.host]
                raise value.refuse(
                    f"the host's port {port.host} is published twice", expected=f"another one: {first.place} has it"
                )
            if service.replicas > 1:
                raise value.refuse(
                    f"{service.replicas} replicas cannot share the host's port {port.host}",
                    expected=f'the port inside alone: "{port.container}"',
                )
            taken[port.host] = value
