"""Limits of a file: a container is held to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from contained_stacks import written
from plain_stacks import eventually, service

import docker
from capsize.runtime.host.docker import cleanup as leftovers
from capsize.runtime.host.docker.host import docker_host
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Limits, Port, Restart, Stack

GREEDY = """
@app.get("/take/{megabytes}")
async def take(megabytes: int):
    return {"taken": len(b"x" * (megabytes << 20))}
"""
LIMITS = Limits(cpus=0.5, memory=96 << 20, processes=40)


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[RunningStack]:
    """A service within limits, which takes as much memory as it is asked to."""
    tmp_path.chmod(0o755)
    file, code = written(tmp_path)
    with (code / "app.py").open("a") as app:
        app.write(GREEDY)
    front = service("front", file, code, ports=(Port(8000),), limits=LIMITS, restart=Restart("always"))
    with running.start(Stack("narrow", file, {"front": front}), host=docker_host) as stack:
        yield stack


def test_a_container_is_held_to_its_limits(narrow: RunningStack, engine: docker.DockerClient):
    """The engine has the file's limits; who takes too much memory is killed, the timeline says why, and it is back."""
    found = engine.containers.list(filters={"label": f"{leftovers.STACK}={narrow.folder.name}"})
    (host,) = (one.attrs["HostConfig"] for one in found if one.name.endswith("-front-1-app"))
    assert (host["Memory"], host["MemorySwap"], host["PidsLimit"]) == (96 << 20, 96 << 20, 40)
    assert host["CpuQuota"] / host["CpuPeriod"] == 0.5
    one = narrow.instance("front-1")
    assert httpx.get(f"{narrow.url('front')}/take/1", timeout=20).json() == {"taken": 1 << 20}
    httpx.get(f"{narrow.url('front')}/take/200", timeout=60)
    assert eventually(lambda: one.restarts == 1 and one.ready, 60)
    ends = [event.why for event in narrow.timeline.events if event.what == "crashed"]
    assert ends == ["signal SIGKILL, OOMKilled: it wanted more memory than its limit"]
