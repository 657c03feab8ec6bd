"""gRPC through the runtime: forked servers, wires that balance calls, a channel that comes back."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import grpc
import httpx
import pytest
from plain_stacks import Describe, eventually

from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port, Probe

SERVER = """
import os
import grpc

async def copy(request, context):
    return os.environ["HOSTNAME"].encode()

def add_to(server):
    methods = {"Copy": grpc.unary_unary_rpc_method_handler(copy)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Back", methods),))
"""
CALLER = """
import os
from fastapi import FastAPI
from shop.grpc_channel import asking, open_channel
from shop.answers import Unanswered

app = FastAPI()
channels = {}

@app.get("/{name}")
async def copy(name: str):
    channel = channels.setdefault(name, open_channel(os.environ[name]))
    try:
        with asking("back"):
            return {"copy": (await channel.unary_unary("/test.Back/Copy")(b"", timeout=5)).decode()}
    except Unanswered:
        return {"copy": "no answer"}
"""
SERVE = ("python", "-m", "shop.serve_grpc", "back:add_to")
HEALTH = Probe("exec", command=("python", "-m", "shop.grpc_probe"), period=0.5, timeout=5)


@pytest.fixture
def up(describe: Describe, code: Path, run_dir: Path) -> Iterator[RunningStack]:
    """Three copies of a gRPC service, and two callers: one says that it speaks gRPC, the other only names the port."""
    (code / "app.py").write_text(CALLER)
    (code / "back.py").write_text(SERVER)
    back = {"command": SERVE, "replicas": 3, "readiness": HEALTH, "ports": (Port(8000, is_http2=True),)}
    front = {"environment": {"CALLS": "grpc://back:8000"}, "ports": (Port(8000),)}
    other = {"environment": {"CONNECTIONS": "back:8000"}, "ports": (Port(8000),)}
    with running.start(describe(front=front, other=other, back=back), endpoint_lag=0.1) as stack:
        yield stack


def asked(stack: RunningStack, service: str, variable: str, calls: int) -> Counter[str]:
    """Ask so often by way of a caller; count the copies that answered."""
    with httpx.Client(base_url=stack.url(service), timeout=10) as client:
        return Counter(client.get(f"/{variable}").json()["copy"] for _ in range(calls))


def test_a_wire_of_grpc_balances_calls_and_a_wire_of_bytes_connections(up: RunningStack):
    """Over one channel, a caller that says grpc:// reaches all copies; one that names a port only reaches one."""
    assert sorted(asked(up, "front", "CALLS", 30).values()) == [10, 10, 10]
    assert list(asked(up, "other", "CONNECTIONS", 30).values()) == [30]


def test_a_channel_is_back_soon_after_a_cut_is_healed(up: RunningStack):
    """While the wire is cut each call fails at once; when it is healed the channel does not wait for long."""
    assert "no answer" not in asked(up, "front", "CALLS", 1)
    with up.edge("front", "back").cut():
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            assert asked(up, "front", "CALLS", 1) == {"no answer": 1}
    healed = time.monotonic()
    assert eventually(lambda: "no answer" not in asked(up, "front", "CALLS", 1), within=10)
    assert time.monotonic() - healed < 1.0


def test_outside_speaks_grpc_where_a_port_says_so(up: RunningStack):
    """A published port of gRPC is called by gRPC, and its wire counts calls."""
    with grpc.insecure_channel(up.url("back").removeprefix("http://")) as channel:
        copies = {channel.unary_unary("/test.Back/Copy")(b"", timeout=5) for _ in range(3)}
    assert len(copies) == 3
    assert eventually(lambda: up.edge("outside", "back").stats().requests == 3, within=5)
