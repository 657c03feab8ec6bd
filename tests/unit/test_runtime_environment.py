"""What an instance is told of addresses: the wire to a service, and the outside's way to what the host publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.runtime.environment import Environment
from capsize.stack.model import OUTSIDE, Location, Port, Service, Stack

FILE = Path("compose.yaml")
WIRES = {("shop", "s3", 5000): 41_001, (OUTSIDE, "s3", 5000): 41_002}


@pytest.fixture
def shop() -> Service:
    """A service that names others."""
    return Service("shop", Location(FILE, 1), command=("python",))


@pytest.fixture
def environment(shop: Service) -> Environment:
    """A shop and a store that is published at port 9000 of the host."""
    s3 = Service("s3", Location(FILE, 2), image="motoserver/moto:5", ports=(Port(5000, 9000),))
    return Environment(Stack("test", FILE, {"s3": s3, "shop": shop}), WIRES, {})


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("http://s3:5000", "http://127.0.0.1:41001"),
        ("http://localhost:9000", "http://127.0.0.1:41002"),
        ("http://127.0.0.1:9000/drawings", "http://127.0.0.1:41002/drawings"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("http://elsewhere:9000", "http://elsewhere:9000"),
    ],
)
def test_addresses_become_those_of_this_machine(environment: Environment, shop: Service, told: str, seen: str):
    """A service is its wire, a published port of the host is the outside's wire, and the rest stays as it is."""
    assert environment.rewrite(shop, told) == seen
