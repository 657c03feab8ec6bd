"""``networks`` of a Compose file. Processes have one network, so each wire must stay within one of the file's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capsize.stack.model import OUTSIDE, Edge
from capsize.stack.refusal import one_of
from capsize.stack.value import Value

DEFAULT = "default"
OPTIONS = ("aliases",)
IGNORED = ("driver_opts", "gw_priority", "interface_name", "ipv4_address", "ipv6_address", "link_local_ips",
           "mac_address", "priority")  # fmt: skip


def names(value: Value) -> tuple[str, ...]:
    """Read the networks of one service."""
    return value.each(lambda item: item.text("the name of a network")) if value.is_list else tuple(value.entries())


def aliases(value: Value) -> tuple[str, ...]:
    """Read the further names that a service has on its networks."""
    if value.is_list:
        return ()
    found: list[str] = []
    for each in value.entries().values():
        keys = {} if each.is_nothing else each.entries((*OPTIONS, *IGNORED), free="x-")
        found += keys["aliases"].each(lambda item: item.text("a name")) if "aliases" in keys else ()
    return tuple(found)


def check(declared: Value | None, services: Mapping[str, Mapping[str, Value]], edges: Iterable[Edge]) -> None:
    """Refuse a network that is not declared, and a call from one network to another; note that they are one here."""
    used = [keys["networks"] for keys in services.values() if "networks" in keys]
    first = declared or (used[0] if used else None)
    if first is None:
        return
    known = {DEFAULT, *(declared.entries() if declared and not declared.is_nothing else ())}
    for value in used:
        value.attempt(lambda one: _refuse_stranger(one, known), None)
    own = {name: set(names(keys["networks"])) if "networks" in keys else {DEFAULT} for name, keys in services.items()}
    for edge in edges:
        if edge.caller != OUTSIDE and edge.caller in own and edge.callee in own:
            _refuse_gap(edge, own, services[edge.caller])
    first.note("ignored: networks, since all that call each other share one")


def _refuse_stranger(value: Value, known: set[str]) -> None:
    for name in names(value):
        if name not in known:
            raise value.refuse("there is no such network", expected=one_of(name, sorted(known)), got=name)


def _refuse_gap(edge: Edge, own: Mapping[str, set[str]], keys: Mapping[str, Value]) -> None:
    if own[edge.caller] & own[edge.callee] or "network_mode" in keys:
        return
    value = keys.get("networks", keys.get("environment"))
    if value is not None:
        words = f"{edge.caller} calls {edge.callee}, and they share no network"
        expected = f"one of {', '.join(sorted(own[edge.callee]))} in {edge.caller} too"
        value.findings.refused.append(value.refuse(words, expected=expected, got=", ".join(sorted(own[edge.caller]))))
