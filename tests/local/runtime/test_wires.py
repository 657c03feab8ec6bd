"""The wires: their figures, their lag, and the protocols that they carry."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from plain_stacks import Describe, eventually, get

from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port, Service, Stack


def test_rates_and_quantiles_follow_the_traffic(up: RunningStack):
    """Under a delay of 150 ms the outer wire shows a rate, requests in flight, and a median of its bucket or more."""
    with up.edge("front", "back").delay(ms=150):
        stop = threading.Event()
        statuses: set[int | str] = set()
        callers = [threading.Thread(target=keep_asking, args=(up.url(), stop, statuses)) for _ in range(2)]
        for caller in callers:
            caller.start()
        seen = eventually(lambda: shows(up, rps=1, p50_ms=125, in_flight=1), within=10)
        stop.set()
        for caller in callers:
            caller.join()
        last = up.edge("outside", "front").stats()
    assert (seen, statuses) == (True, {200}), last


def shows(stack: RunningStack, **least: float) -> bool:
    stats = stack.edge("outside", "front").stats()
    return all((getattr(stats, name) or 0) >= value for name, value in least.items())


def test_an_error_is_counted_by_its_reason(up: RunningStack):
    """With the back stopped and out of rotation, its wire says that nobody was ready."""
    up.instance("back-1").stop()
    assert eventually(lambda: get(up) is not None and "nobody ready" in up.edge("front", "back").stats().errors)


def test_the_wires_lag_behind_by_the_stated_delay(describe: Describe, run_dir: Path):
    """A stopped instance stays behind its wire for the stated lag, and is out of it soon after."""
    front = {"environment": {"BACK_URL": "http://back:8000"}, "ports": (Port(8000),)}
    with running.start(describe(front=front, back={"replicas": 2}), endpoint_lag=1.0) as stack:
        stack.instance("back-1").stop()
        began, failed_last = time.monotonic(), 0.0
        while time.monotonic() - began < 2.0:
            if get(stack).status_code != 200:
                failed_last = time.monotonic() - began
    assert 0.5 < failed_last < 1.6


def keep_asking(url: str, stop: threading.Event, statuses: set[int | str]) -> None:
    with httpx.Client(timeout=5) as client:
        while not stop.is_set():
            try:
                statuses.add(client.get(url).status_code)
            except httpx.HTTPError as error:
                statuses.add(repr(error))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux shows what a process has open")
def test_wires_take_few_of_an_accounts_watches(database: Stack, two: Stack, run_dir: Path):
    """Whether it carries one wire or two, Envoy watches two files: an account may have 128 such watches in all."""
    for stack in (database, two):
        with running.start(stack) as up:
            assert watches(up) == 2


def watches(stack: RunningStack) -> int:
    """Count the inotify instances of a stack's Envoy."""
    config = str(stack.folder / "wires" / "bootstrap.json")
    [envoy] = [one for one in psutil.process_iter(["cmdline"]) if config in (one.info["cmdline"] or ())]
    return [str(opened.readlink()) for opened in Path(f"/proc/{envoy.pid}/fd").iterdir()].count("anon_inode:inotify")


H2_SERVER = """
import asyncio, os
from hypercorn.asyncio import serve
from hypercorn.config import Config
from app import app

config = Config()
config.bind = [f"127.0.0.1:{os.environ['PORT']}"]
asyncio.run(serve(app, config))
"""
H2_APP = """
import os
import httpx
from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/")
async def root(request: Request):
    if "BACK_URL" in os.environ:
        async with httpx.AsyncClient(http1=False, http2=True) as client:
            return (await client.get(os.environ["BACK_URL"].replace("h2c:", "http:"))).json()
    return {"spoken": request.scope["http_version"]}
"""


def test_http2_stays_http2(describe: Describe, code: Path, run_dir: Path):
    """An edge whose URL says h2c carries HTTP/2 from the caller to the callee, and can fail like any other."""
    (code / "app.py").write_text(H2_APP)
    (code / "serve_http2.py").write_text(H2_SERVER)
    front = {"environment": {"BACK_URL": "h2c://back:8000"}, "ports": (Port(8000),)}
    with running.start(describe(front=front, back={"command": ("python", "serve_http2.py")})) as stack:
        assert get(stack).json() == {"spoken": "2"}
        with stack.edge("front", "back").fail(503):
            assert get(stack).status_code == 500


def test_a_sticky_edge_brings_a_caller_back(describe: Describe, run_dir: Path):
    """With a cookie a caller meets one copy only, another caller another; a caller whose copy is gone meets a third."""
    with running.start(describe(one={"ports": (Port(8000),), "replicas": 3}), endpoint_lag=0.1) as stack:
        with stack.edge("outside", "one").sticky(), httpx.Client() as ada, httpx.Client() as bo:
            met = [{client.get(stack.url()).json()["I"] for _ in range(6)} for client in (ada, bo)]
            stack.instance(*met[0]).stop()
            assert eventually(lambda: ada.get(stack.url()).status_code == 200)
            assert [len(met[0]), len(met[1]), met[0] == met[1]] == [1, 1, False]
            assert {ada.get(stack.url()).json()["I"]} != met[0]
        with httpx.Client() as cleo:
            assert len({cleo.get(stack.url()).json()["I"] for _ in range(6)}) == 2


def test_bytes_are_counted_where_they_go_in(up: RunningStack):
    """A body of a megabyte is a megabyte into the outer wire, and none into the inner one."""
    with httpx.Client() as client:
        assert client.post(up.url(), content=b"x" * 1_000_000).json() == {"bytes": 1_000_000}
    assert eventually(lambda: up.edge("outside", "front").stats().bytes_in > 1_000_000)
    assert up.edge("front", "back").stats().bytes_in < 1_000_000


@pytest.fixture
def database(two: Stack) -> Stack:
    """A PostgreSQL that the outside may call."""
    place = two.services["back"].place
    environment = {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "secret", "POSTGRES_DB": "shop"}
    db = Service("db", place, image="postgres:18", environment=environment, ports=(Port(5432),))
    return Stack("database", two.file, {"db": db})


ECHO = """
import asyncio, os

async def echo(reader, writer):
    while words := await reader.read(100):
        writer.write(words + os.environ["HOSTNAME"].encode())

async def main():
    print(os.environ.get("ECHO_URL"), flush=True)
    await (await asyncio.start_server(echo, "127.0.0.1", int(os.environ["PORT"]))).serve_forever()

asyncio.run(main())
"""


def test_a_connection_outlives_the_changes_behind_its_wire(describe: Describe, code: Path, run_dir: Path):
    """An open TCP connection stays where it is while other instances come and go behind its wire."""
    (code / "echo.py").write_text(ECHO)
    own = {"command": ("python", "echo.py")}
    asker = {**own, "environment": {"ECHO_URL": "tcp://echo:8000"}}
    with running.start(describe(echo={**own, "replicas": 2}, asker=asker), endpoint_lag=0.1) as stack:
        address = urlsplit(stack.logs("asker"))
        with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
            seen = []
            for replicas in (4, 3, 2):
                stack.service("echo").scale(replicas)
                connection.sendall(b"I am ")
                seen.append(connection.recv(100))
    assert len(set(seen)) == 1


@pytest.mark.anyio
async def test_a_paused_database_answers_nobody(database: Stack, run_dir: Path):
    """A pause reaches the process of each connection too: a query on an open connection waits until the resume."""
    import asyncpg

    with running.start(database) as stack:
        connection = await asyncpg.connect(f"postgresql://shop:secret@{stack.url('db')}/shop")
        with stack.instance("db-1").pause(), pytest.raises(TimeoutError):
            await asyncio.wait_for(
                asyncio.shield(waiting := asyncio.ensure_future(connection.fetchval("SELECT 1"))), 0.3
            )
        assert await asyncio.wait_for(waiting, 5) == 1
        await connection.close()
