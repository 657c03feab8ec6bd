"""A running stack as JSON, for boards and terminals, and the acts that they send back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from capsize.errors import CapsizeError
from capsize.runtime.control.balancers import Balancers
from capsize.runtime.control.instance import Instance
from capsize.session.held import Held
from capsize.stack.model import OUTSIDE, Service

EVENTS = 50
ON_INSTANCES = ("kill", "stop", "pause", "resume", "restart")
ON_EDGES = {
    "delay": ("ms", "percent"),
    "fail": ("status", "percent"),
    "lose": ("percent",),
    "cut": (),
    "heal": (),
    "sticky": (),
    "in_turns": (),
}
ON_SERVICES = {"scale": ("replicas",), "roll": (), "undo": ()}


def snapshot(stack: Held) -> dict[str, Any]:
    """Return the state of everything that a board shows; figures over the last two seconds.

    The ``pod`` of a service is its owner's name: its own, where it is no sidecar.
    """
    view, balancers = stack.supervisor.view, stack.supervisor.balancers
    stats = stack.stats()
    return {
        "stack": stack.name,
        "state": stack.state,
        "wires": "up" if stack.supervisor.view.wires.is_up else "away",
        "seconds": round(stack.timeline.seconds, 2),
        "services": [
            {"name": OUTSIDE, "kind": "outside", "image": None, "instances": []},
            *(
                _service(service, view.instances[name], balancers) | {"pod": stack.model.pod(name)[0]}
                for name, service in stack.model.services.items()
            ),
        ],
        "edges": [
            {
                "name": edge.name,
                "caller": edge.caller,
                "callee": edge.callee,
                "protocol": edge.protocol,
                "balancer": edge.group.name if edge.group else None,
                "fault": view.wires.settings[edge].to_json(),
                "sticky": edge in view.wires.sticky,
                "remark": stack.remarks.get(edge.name, ""),
                **asdict(stats[edge.name]),
            }
            for edge in stack.model.edges
        ],
        "queues": [asdict(queue) for queue in stack.queues()],
        "rules": [asdict(rule) for rule in stack.rules()],
        "timeline": [event.to_json() for event in stack.timeline.events[-EVENTS:]],
    }


def _service(service: Service, instances: list[Instance], balancers: Balancers) -> dict[str, Any]:
    called = balancers.called(service.name)
    kind = "backing" if service.image else "python"
    return {
        "name": service.name,
        "kind": kind,
        "image": service.image,
        "instances": [_instance(i, called) | {"targets": balancers.opinions(i)} for i in list(instances)],
    }


def _instance(instance: Instance, called: list[int]) -> dict[str, Any]:
    """An instance as its platform shows it; ``in_rotation`` says whether the wires lead to it."""
    names = ("name", "live", "ready", "restarts", "pid", "why")
    probes = [standing.to_json() for standing in instance.probes().values()]
    own = {"state": instance.shown, "in_rotation": instance.port in called, "probes": probes}
    return {**{name: getattr(instance, name) for name in names}, **own}


def act(stack: Held, request: dict[str, Any]) -> None:
    """Do what a board or a terminal asks: ``{"do": "kill", "who": "shop-1"}``, ``{"do": "cut", "edge": "a>b"}``.

    Raise CapsizeError for what is not understood.
    """
    what = request.get("do")
    if what in ON_INSTANCES:
        getattr(stack.instance(str(request.get("who"))), what)()
    elif what in ON_EDGES:
        edge = stack.edge(*str(request.get("edge")).partition(">")[::2])
        getattr(edge, what)(**_given(request, ON_EDGES[what]))
    elif what in ON_SERVICES:
        getattr(stack.service(str(request.get("who"))), what)(**_given(request, ON_SERVICES[what]))
    else:
        raise CapsizeError(f"cannot do {what!r}", expected=", ".join([*ON_INSTANCES, *ON_EDGES, *ON_SERVICES]))


def _given(request: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: request[name] for name in names if name in request}
