"""A stack as frozen data: its parts, and who is behind whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.stack.model import Location, Port, Service, Stack

HERE = Path(__file__)


@pytest.fixture
def stack() -> Stack:
    """A front over a shop over a database, and a kiosk beside them."""
    calls = {"front": "http://shop:8000", "shop": "postgresql://db:5432/x", "db": "", "kiosk": "postgresql://db:5432/x"}
    services = {
        name: Service(name, Location(HERE, 1), environment={"URL": url}, ports=(Port(8000),) if url else ())
        for name, url in calls.items()
    }
    return Stack("test", HERE, services)


def test_part_of_a_stack_has_its_own_wires(stack):
    """A part keeps the named services in their order, and no wire from or to another."""
    part = stack.only("db", "kiosk")
    assert list(part.services) == ["db", "kiosk"]
    assert [edge.name for edge in part.edges] == ["outside>kiosk", "kiosk>db"]


def test_a_published_port_says_what_its_wire_speaks():
    """A published port says so where the outside does not speak HTTP/1 through it: bytes alone, or HTTP/2."""
    ports = (Port(8000), Port(8443, is_tcp=True), Port(50051, is_http2=True))
    door = Service("door", Location(HERE, 1), command=("serve",), ports=ports)
    protocols = {edge.port: edge.protocol for edge in Stack("test", HERE, {"door": door}).edges}
    assert protocols == {8000: "http", 8443: "tcp", 50051: "http2"}


def test_outside_speaks_what_the_others_speak():
    """A port that one service calls by grpc:// is called by gRPC from outside too, and another port is not."""
    stock = Service("stock", Location(HERE, 1), command=("serve",), ports=(Port(50051), Port(8000)))
    shop = Service("shop", Location(HERE, 1), command=("serve",), environment={"STOCK_URL": "grpc://stock:50051"})
    edges = Stack("test", HERE, {"stock": stock, "shop": shop}).edges
    protocols = {(edge.caller, edge.port): edge.protocol for edge in edges}
    assert protocols == {("outside", 50051): "http2", ("outside", 8000): "http", ("shop", 50051): "http2"}


def test_part_of_a_stack_waits_for_itself_only():
    """A service of a part does not wait for one that is left out."""
    waits = {"db": "service_healthy", "bank": "service_started"}
    services = {name: Service(name, Location(HERE, 1)) for name in waits}
    shop = Service("shop", Location(HERE, 1), depends_on=waits)
    part = Stack("test", HERE, {**services, "shop": shop}).only("db", "shop")
    assert part.services["shop"].depends_on == {"db": "service_healthy"}


@pytest.mark.parametrize(("service", "names"), [("front", {"front", "shop", "db"}), ("kiosk", {"kiosk", "db"})])
def test_all_that_a_request_may_reach_is_behind_its_service(stack, service, names):
    """Behind a service are itself and what it calls, directly and through others."""
    assert stack.behind(service) == names
