"""What must hold for the sidecars of a Compose file: one owner of the network, one of each, no port twice, no own name.

The rules are Docker's: ``network_mode: "service:x"`` joins the network of one container, which alone has a name there.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from capsize.stack.addresses import Hosts
from capsize.stack.model import Service, is_gateway
from capsize.stack.refusal import Findings, one_of
from capsize.stack.value import Value

Keys = Mapping[str, Mapping[str, Value]]


def check(services: Mapping[str, Service], keys: Keys, findings: Findings) -> None:
    """Check all sidecars; ``keys`` are those of the services that have nothing refused. Takes in what is refused."""
    sidecars = [service for service in services.values() if service.network_of is not None and service.name in keys]
    for sidecar in sidecars:
        findings.attempt(functools.partial(_check_owner, sidecar, services, keys[sidecar.name]), None)
    for owner in dict.fromkeys(sidecar.network_of for sidecar in sidecars):
        pod = [service for service in services.values() if owner in (service.name, service.network_of)]
        for service in (one for one in pod if one.name in keys):
            findings.attempt(functools.partial(_check_number, service, pod, keys[service.name]), None)
        if all(service.name in keys for service in pod):
            findings.attempt(functools.partial(_check_doors, pod, keys), None)
    for name, own in keys.items():
        findings.attempt(functools.partial(_check_names, services[name], services, own), None)


def _check_owner(sidecar: Service, services: Mapping[str, Service], keys: Mapping[str, Value]) -> None:
    name = sidecar.network_of or ""
    if name not in services:
        raise keys["network_mode"].refuse("there is no such service", expected=one_of(name, services))
    owner = services[name].network_of
    if owner is not None and name != sidecar.name:
        raise keys["network_mode"].refuse(f"{name} is a sidecar itself", expected=f'"service:{owner}"')
    if sidecar.ports:
        raise keys["ports"].refuse(
            "a sidecar has no ports of its own", expected=f"the ports in {name}, whose network it shares"
        )


def _check_number(service: Service, pod: list[Service], keys: Mapping[str, Value]) -> None:
    is_owner = service.network_of is None
    if service.replicas == 1 or (service.replicas == 0 and not is_owner):
        return
    others = ", ".join(other.name for other in pod if other is not service)
    value = keys["scale"] if "scale" in keys else keys["deploy"].entries()["replicas"]
    raise value.refuse(
        f"{service.name} shares its network with {others}, so it cannot have more than one instance (on Docker)",
        expected="1, or a kubernetes.yaml, whose pods have replicas",
    )


def _check_doors(pod: list[Service], keys: Keys) -> None:
    taken: dict[int, str] = {}
    for service in pod:
        own, port = keys[service.name], service.listens
        if port is None and is_gateway(service):
            words = f"{service.name} does not say where its pod finds it"
            raise own["image"].refuse(words, expected='PORT: "9000", say, in its environment: the port of its listener')
        if port in taken:
            said = own.get("environment", own.get("image"))
            assert said is not None, "a port is known from one of the two"
            words = f"{taken[port]} listens on port {port} of the same network"
            raise said.refuse(words, expected="another PORT", got=str(port))
        if port is not None:
            taken[port] = service.name


def _check_names(service: Service, services: Mapping[str, Service], keys: Mapping[str, Value]) -> None:
    sidecars = {name: one.network_of for name, one in services.items() if one.network_of is not None}
    hosts = Hosts(sidecars)
    for name, text in service.environment.items():
        for call in hosts.calls(text):
            if call.host in sidecars and call.port:
                raise keys.get("environment", keys.get("env_file", next(iter(keys.values())))).refuse(
                    f"{name} calls {call.host}, which has no name on the network: it is a sidecar",
                    expected=f"{sidecars[call.host]}:{call.port}, or localhost:{call.port} in its pod",
                    got=f"{call.host}:{call.port}",
                )
