"""What must hold for the sidecars of a Compose file: one owner of the network, one of each, no port twice, no own name.

The rules are Docker's: ``network_mode: "service:x"`` joins the network of one container, which alone has a name there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from capsize.stack.model import Service, addresses, is_gateway
from capsize.stack.refusal import one_of
from capsize.stack.value import Value

Keys = Mapping[str, Mapping[str, Value]]


def check(services: Mapping[str, Service], keys: Keys) -> None:
    """Check all sidecars; raises StackFileError at the line that has to change."""
    sidecars = [service for service in services.values() if service.network_of is not None]
    for sidecar in sidecars:
        _check_owner(sidecar, services, keys[sidecar.name])
    for owner in dict.fromkeys(sidecar.network_of for sidecar in sidecars):
        pod = [service for service in services.values() if owner in (service.name, service.network_of)]
        for service in pod:
            _check_number(service, pod, keys[service.name])
        _check_doors(pod, keys)
    for service in services.values():
        _check_names(service, services, keys[service.name])


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
    raise (
        keys["deploy"]
        .entries()["replicas"]
        .refuse(
            f"{service.name} shares its network with {others}, and Docker shares that of one container with one",
            expected="1, or a kubernetes.yaml, whose pods have replicas",
        )
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
    for variable, host, port in _addresses(service):
        owner = services[host].network_of if host in services else None
        if owner is not None:
            raise keys["environment"].refuse(
                f"{variable} calls {host}, which has no name on the network: it is a sidecar",
                expected=f"{owner}:{port}, or localhost:{port} in its pod",
                got=f"{host}:{port}",
            )


def _addresses(service: Service) -> Iterator[tuple[str, str, int]]:
    for variable, text in service.environment.items():
        yield from ((variable, host, port) for _, host, port in addresses(text))
