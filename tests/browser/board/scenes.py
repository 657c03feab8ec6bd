"""Snapshots for a board that has no stack behind it: as the contract of `stack.snapshot()` has them."""

from __future__ import annotations

from typing import Any

UNREADY = {"ready": False, "why": "/ready answered 503"}
CRASHED = {"state": "crashed", "live": False, "ready": False, "restarts": 3, "why": "exit code 1"}
STATES = {
    "shop-1": {},
    "shop-2": UNREADY,
    "shop-3": {"live": False, "ready": False},
    "shop-4": {"state": "paused"},
    "shop-5": CRASHED,
    "shop-6": {"state": "back-off", "live": False, "ready": False, "restarts": 5},
    "shop-7": {"state": "starting", "live": False, "ready": False},
    "shop-8": {"state": "stopping", "ready": False},
    "shop-9": {"state": "stopped", "live": False, "ready": False},
}
FLEET = {
    "gateway": ("users", "catalogue", "orders"),
    "users": ("db-orders",),
    "catalogue": ("inventory",),
    "orders": ("payments", "inventory", "db-orders", "bus"),
    "payments": ("db-orders", "bus"),
    "inventory": ("db-stock",),
    "mailer": ("bus",),
    "db-orders": (),
    "db-stock": (),
    "bus": ("gateway",),  # a circle, as choreography makes them
}


def instance(name: str, **differs: Any) -> dict[str, Any]:
    usual = {"state": "running", "live": True, "ready": True, "restarts": 0, "pid": 4242, "why": ""}
    return {"name": name, **usual, **differs}


def service(name: str, *instances: dict[str, Any], image: str | None = None) -> dict[str, Any]:
    kind = "outside" if name == "outside" else "backing" if image else "python"
    return {"name": name, "kind": kind, "image": image, "instances": list(instances)}


def edge(caller: str, callee: str, protocol: str = "http", **differs: Any) -> dict[str, Any]:
    tcp = protocol == "tcp"
    figures = {"rps": None, "p50_ms": None, "p99_ms": None, "requests": None, "in_flight": None, "connections": 5}
    busy = {"rps": 118.4, "p50_ms": 3.2, "p99_ms": 21.0, "requests": 1410, "in_flight": 2, "connections": 1}
    same = {"name": f"{caller}>{callee}", "caller": caller, "callee": callee, "protocol": protocol, "fault": None}
    return {**same, "errors": {}, "error_rps": 0.0, **(figures if tcp else busy), **differs}


def snapshot(services: list[dict[str, Any]], edges: list[dict[str, Any]], **differs: Any) -> dict[str, Any]:
    events = [{"at": 0.4, "what": "ready", "who": "db-1", "why": ""}]
    same = {"stack": "01_monolith", "state": "up", "seconds": 12.3, "timeline": events}
    return {**same, "services": services, "edges": edges, **differs}


def monolith(shop: dict[str, Any] | None = None, **wire: Any) -> dict[str, Any]:
    """Lab 01: the outside calls the shop, the shop calls its database. ``wire`` is what the first arrow differs by."""
    one = shop or instance("shop-1")
    services = [service("outside"), service("shop", one), service("db", instance("db-1"), image="postgres:18")]
    return snapshot(services, [edge("outside", "shop", **wire), edge("shop", "db", "tcp")])


def queue(stream: str, name: str, waiting: int, **differs: Any) -> dict[str, Any]:
    same = {"in_flight": 0, "redelivered": 0, "dead": stream == "DEAD"}
    return {"stream": stream, "name": name, "waiting": waiting, **same, **differs}


def with_queues(dead: int) -> dict[str, Any]:
    """A bookmark that has work in flight, and so many dead letters."""
    rows = [queue("ORDERS", "charges", 40, in_flight=2, redelivered=1), queue("DEAD", "", dead)]
    return {**monolith(), "queues": rows}


def with_rules(*figures: tuple[int, int, int, int]) -> dict[str, Any]:
    """A rule for each: the events seen, those matched, what the target got, and what failed."""
    names = ("seen", "matched", "got", "failed")
    rules = [
        {"bus": "shop", "name": f"rule-{number}", "target": "queue customs", **dict(zip(names, one, strict=True))}
        for number, one in enumerate(figures)
    ]
    return {**monolith(), "rules": rules}


def every_state() -> dict[str, Any]:
    """One service with an instance in each state."""
    shop = service("shop", *(instance(name, **differs) for name, differs in STATES.items()))
    return snapshot([service("outside"), shop], [edge("outside", "shop")])


def probe(kind: str, passed: bool | None, streak: int = 1, needed: int = 1) -> dict[str, Any]:
    return {
        "kind": kind,
        "passed": passed,
        "streak": streak,
        "needed": needed,
        "holds": bool(passed),
        "why": "/x answers",
    }


PASSING = [probe("startup", True), probe("liveness", True, 9), probe("readiness", True, 9)]
PROBED = {
    "orders-1": {"probes": PASSING, "in_rotation": True},
    "orders-2": {"probes": PASSING, "in_rotation": False},
    "orders-3": {
        "probes": [probe("startup", True), probe("liveness", False, 2, 3), probe("readiness", False, 5, 3)],
        "ready": False,
        "in_rotation": True,
        "restarts": 12,
    },
    "orders-4": {"probes": [probe("startup", None)], "state": "CrashLoopBackOff", "ready": False, "live": False},
    "orders-5": {"probes": PASSING, "state": "Terminating", "in_rotation": True},
}


def target(state: str, passed: bool | None = True, streak: int = 9, needed: int = 0, **differs: Any) -> dict[str, Any]:
    usual = {"balancer": "balancer", "spared": False, "why": "answers 200"}
    return {**usual, "state": state, "passed": passed, "streak": streak, "needed": needed, **differs}


TARGETS = {
    "orders-1": target("healthy"),
    "orders-2": target("healthy", False, 1, 3),
    "orders-3": target("unhealthy", False, spared=True),
    "orders-4": target("unhealthy", True, 1, 2),
    "orders-5": target("initial", None, 0, 2),
    "orders-6": target("draining"),
}


def balanced() -> dict[str, Any]:
    """A Deployment behind a load balancer and a plain wire, with a target in each state."""
    probed = {"probes": PASSING, "in_rotation": True}
    orders = service("orders", *(instance(name, **probed, targets=[said]) for name, said in TARGETS.items()))
    by_balancer = edge("outside", "orders", name="outside>balancer", balancer="balancer")
    return snapshot([service("outside"), orders], [edge("outside", "orders"), by_balancer])


def deployment() -> dict[str, Any]:
    """A Deployment with an instance in each state that its platform has beside the usual ones."""
    orders = service("orders", *(instance(name, **differs) for name, differs in PROBED.items()))
    return snapshot([service("outside"), orders], [edge("outside", "orders")])


def pod() -> dict[str, Any]:
    """An app that is called through one sidecar, beside another that nobody calls."""
    names = {"app": "app", "proxy": "app", "agent": "app", "payments": "payments"}
    boxes = [{**service(name, instance(f"{name}-1")), "pod": owner} for name, owner in names.items()]
    return snapshot([service("outside"), *boxes], [edge("outside", "app"), edge("proxy", "payments")])


def fleet(services: int = 10, instances: int = 4) -> dict[str, Any]:
    """The first services of a fleet of ten, with this many instances each, and every arrow between them."""
    names = list(FLEET)[:services]
    boxes = [
        service(name, *_replicas(name, instances), image="postgres:18" if name.startswith("db") else None)
        for name in names
    ]
    pairs = [("outside", "gateway"), *((caller, callee) for caller in names for callee in FLEET[caller])]
    edges = [edge(a, b, "tcp" if b.startswith("db") else "http") for a, b in pairs if b in names]
    return snapshot([service("outside"), *boxes], edges, stack="18_game_day")


def _replicas(name: str, count: int) -> list[dict[str, Any]]:
    return [instance(f"{name}-{number}") for number in range(1, count + 1)]
