"""Probes and the preStop hook of a container, with Kubernetes' defaults and its rules for each of the three."""

from __future__ import annotations

from collections.abc import Mapping

from capsize.stack.kubernetes.record import Record
from capsize.stack.model import Hook, Probe
from capsize.stack.refusal import one_of


def probe(container: Record, key: str, ports: Mapping[str, int]) -> Probe | None:
    """Read one of livenessProbe, readinessProbe, startupProbe; ``ports`` are the container's by name."""
    found = container.part(key)
    if found is None:
        return None
    _refuse_odd(found, key)
    grace = found.whole("terminationGracePeriodSeconds", 0)
    more = {
        "initial_delay": float(found.whole("initialDelaySeconds", 0)),
        "period": float(found.whole("periodSeconds", 10) or 10),
        "timeout": float(found.whole("timeoutSeconds", 1) or 1),
        "grace_period": float(grace) if grace else None,
    }
    thresholds = found.whole("successThreshold", 1) or 1, found.whole("failureThreshold", 3) or 3
    return _handler(found, ports, dict(more, success_threshold=thresholds[0], failure_threshold=thresholds[1]))


def _refuse_odd(found: Record, key: str) -> None:
    if key != "readinessProbe" and found.whole("successThreshold", 1) > 1:
        raise found.refuse("successThreshold", f"a {key} passes at once", expected="1, or nothing")
    if key == "readinessProbe" and "terminationGracePeriodSeconds" in found:
        raise found.refuse(
            "terminationGracePeriodSeconds",
            "no effect in a readinessProbe",
            expected="it in livenessProbe or startupProbe",
        )


def _handler(found: Record, ports: Mapping[str, int], more: Mapping[str, float | int | None]) -> Probe:
    rest: dict[str, object] = dict(more)
    if get := found.part("httpGet"):
        headers = tuple((each.text("name"), each.text("value")) for each in get.parts("httpHeaders"))
        return Probe("http", path=path(get), port=port(get, ports), headers=headers, **rest)  # type: ignore[arg-type]
    if socket := found.part("tcpSocket"):
        return Probe("tcp", port=port(socket, ports), **rest)  # type: ignore[arg-type]
    if grpc := found.part("grpc"):
        return Probe("grpc", port=grpc.whole("port", 0), grpc_service=grpc.text("service"), **rest)  # type: ignore[arg-type]
    return Probe("exec", command=found.needed("exec").texts("command"), **rest)  # type: ignore[arg-type]


def pre_stop(container: Record, ports: Mapping[str, int], grace: int) -> Hook | None:
    """Read what is done before the stop signal; ``grace`` is the pod's grace period, which it counts against."""
    lifecycle = container.part("lifecycle")
    found = lifecycle.part("preStop") if lifecycle else None
    if found is None:
        return None
    if sleep := found.part("sleep"):
        seconds = sleep.whole("seconds", 0)
        if seconds > grace:
            raise sleep.refuse("seconds", "the pod is killed before that", expected=f"0 to {grace}, its grace period")
        return Hook("sleep", seconds=float(seconds))
    if get := found.part("httpGet"):
        return Hook("http", path=path(get), port=port(get, ports))
    return Hook("exec", command=found.needed("exec").texts("command"))


def path(get: Record) -> str:
    """Return the path of an httpGet, which starts with a slash whether or not the file has it."""
    return "/" + get.text("path").removeprefix("/")


def port(handler: Record, ports: Mapping[str, int]) -> int:
    """Return a port by number or by the container's name for it."""
    text = handler.text("port")
    if text.isdecimal():
        return int(text)
    if text not in ports:
        raise handler.refuse("port", "the container has no port of this name", expected=one_of(text, ports))
    return ports[text]
