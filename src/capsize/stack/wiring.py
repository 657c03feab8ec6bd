"""What must hold between the services of a Compose file: names that exist, no circle, no host port twice.

Each check is made for the services whose own keys are sound, and takes in what it refuses.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from capsize.stack import calls, networks, own_ports, pods
from capsize.stack.model import Port, Service, ServiceText, Stack
from capsize.stack.refusal import one_of, shorten
from capsize.stack.value import Value

Keys = Mapping[str, Mapping[str, Value]]


def check(stack: Stack, keys: Keys, declared: Value | None) -> None:
    """Check all services against each other; ``keys`` are those of the sound ones, ``declared`` are the networks."""
    for name, own in keys.items():
        service = stack.services[name]
        for dependency in service.depends_on:
            at = own["depends_on"] if "depends_on" in own else own["links"]
            at.attempt(functools.partial(_check_dependency, service, dependency, stack, keys), None)
        calls.check(stack, service, functools.partial(_place, own))
    if findings := next((value.findings for own in keys.values() for value in own.values()), None):
        pods.check(stack.services, keys, findings)
    sound = {name: stack.services[name] for name in keys}
    for name in (name for name in keys if "healthcheck" in keys[name]):
        keys[name]["healthcheck"].attempt(functools.partial(_check_healthcheck, stack.services[name], stack), None)
    _check_order(sound, keys)
    _check_host_ports(sound, keys)
    networks.check(declared, keys, stack.edges)


def _check_dependency(service: Service, name: str, stack: Stack, keys: Keys, value: Value) -> None:
    if name not in stack.services:
        known = one_of(name, stack.services)
        raise _at(value, name).refuse("there is no such service", expected=known, got=shorten(name))
    is_known = name in keys and stack.services[name].readiness is None
    if service.depends_on[name] == "service_healthy" and is_known:
        raise _at(value, name).refuse(
            f"{name} has no healthcheck, so it is never healthy",
            expected=f"a healthcheck in {name}, or condition: service_started",
            got="condition: service_healthy",
        )


def _at(value: Value, name: str) -> Value:
    if value.is_list:
        return next(item for item in value.items() if item.text() == name)
    return value.entries()[name]


def _place(keys: Mapping[str, Value], text: ServiceText) -> Value:
    """Find where a text stands."""
    if text.kind != "environment":
        names = {"readiness": ("healthcheck",), "command": ("command", "entrypoint")}[text.kind]
        return next(keys[name] for name in (*names, "build") if name in keys)
    value = keys.get("environment")
    if value is None:
        return keys.get("env_file") or keys["build"]
    if value.is_list:
        return next((item for item in value.items() if item.written().startswith(f"{text.name}=")), value)
    return value.entries().get(text.name, keys.get("env_file", value))


def _check_healthcheck(service: Service, stack: Stack, value: Value) -> None:
    pod = [stack.services[name] for name in stack.pod(service.name)]
    command = service.readiness.command if service.readiness else ()
    if strange := own_ports.strangers(command, pod, stack.services):
        words = f"this asks port {strange[0]}, where {' and '.join(one.name for one in pod)} does not listen"
        expected = f"port {' or '.join(map(str, sorted(own_ports.listening(pod, stack.services))))}"
        raise value.entries()["test"].refuse(words, expected=expected, got=str(strange[0]))


def _check_order(services: Mapping[str, Service], keys: Keys) -> None:
    waits = {
        name: {*service.depends_on, *([service.network_of] if service.network_of else [])}
        for name, service in services.items()
    }
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        own = keys[circle[0]]
        value = own.get("depends_on") or own.get("network_mode") or own["links"]
        shown = " -> ".join(circle if len(circle) < 8 else [*circle[:6], "…", circle[-1]])
        words = "services wait for each other in a circle"
        value.findings.refused.append(value.refuse(words, expected="one that waits for none", got=shown))


def _check_host_ports(services: Mapping[str, Service], keys: Keys) -> None:
    taken: dict[int, Value] = {}
    for name, service in services.items():
        for port, value in zip(service.ports, keys[name]["ports"].items() if service.ports else (), strict=True):
            if port.host is not None:
                value.attempt(functools.partial(_check_host_port, service, port, taken.get(port.host)), None)
                taken.setdefault(port.host, value)


def _check_host_port(service: Service, port: Port, first: Value | None, value: Value) -> None:
    if first is not None:
        words = f"the host's port {port.host} is published twice"
        raise value.refuse(words, expected=f"another one: {first.place} has it")
    if service.replicas > 1:
        words = f"{service.replicas} replicas cannot share the host's port {port.host}"
        raise value.refuse(words, expected=f'the port inside alone: "{port.container}"')
