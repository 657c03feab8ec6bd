"""How the kit's containers are made, and that nothing of them is left, however the kit ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from contained_stacks import written
from plain_stacks import eventually, service

import docker
from capsize.errors import CapsizeError
from capsize.runtime.host.docker import cleanup as leftovers
from capsize.runtime.host.docker import images
from capsize.runtime.host.docker.host import docker_host
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Stack

HOLDER = """
import sys, time
from pathlib import Path
from contained_stacks import written
from plain_stacks import service
from capsize.session import running
from capsize.runtime.host.docker.host import docker_host
from capsize.stack.model import Stack

file, code = written(Path(sys.argv[1]))
stack = running.start(Stack("held", file, {"one": service("one", file, code)}), host=docker_host)
print("up", flush=True)
time.sleep(600)
"""


def of_stack(engine: docker.DockerClient, stack: RunningStack) -> dict[str, dict]:
    """Map the short names of a stack's containers to what the engine says of them."""
    found = engine.containers.list(filters={"label": f"{leftovers.STACK}={stack.folder.name}"})
    return {one.name.removeprefix(f"{stack.folder.name}-"): one.attrs for one in found}


def test_our_own_containers_are_locked_up(engine: docker.DockerClient, contained: RunningStack):
    """A service runs as no root, on a root it cannot write, without capabilities, within limits, and unwatched."""
    found = of_stack(engine, contained)["front-1-app"]
    host, config = found["HostConfig"], found["Config"]
    assert (host["ReadonlyRootfs"], host["CapDrop"], host["SecurityOpt"]) == (True, ["ALL"], ["no-new-privileges"])
    assert (host["Memory"], host["PidsLimit"], config.get("Healthcheck")) == (512 << 20, 256, None)
    assert config["User"].partition(":")[0] not in ("", "0")


def test_an_instance_is_a_pod(engine: docker.DockerClient, contained: RunningStack):
    """An instance shares the network of a container that holds its address, and its port is this machine's alone."""
    found = of_stack(engine, contained)
    pod = found["back-1-pod"]
    assert found["back-1-app"]["HostConfig"]["NetworkMode"] == f"container:{pod['Id']}"
    bound = [one["HostIp"] for ports in pod["NetworkSettings"]["Ports"].values() for one in ports or ()]
    assert set(bound) == {"127.0.0.1"}
    assert list(pod["NetworkSettings"]["Networks"]) == [contained.folder.name]


def test_only_doors_are_published_by_the_wires(engine: docker.DockerClient, contained: RunningStack):
    """Of all wires this machine reaches those from outside; beside them only Envoy's administration."""
    published = of_stack(engine, contained)["wires-pod"]["NetworkSettings"]["Ports"]
    doors = {f"{port}/tcp" for edge, port in contained.supervisor.view.wires.at.items() if edge.caller == "outside"}
    assert len(published.keys() - doors) == 1
    assert doors < published.keys()


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen]:
    """Another Python that holds a stack of containers."""
    here = Path(__file__).parent
    path = {"PYTHONPATH": f"{here}:{here.parent}"}
    tmp_path.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True, env={**os.environ, **path}
    ) as process:
        yield process
        process.kill()


def test_a_kit_that_is_killed_leaves_nothing(holder: subprocess.Popen, engine: docker.DockerClient):
    """After SIGKILL of the process that holds a stack, its containers and its network go by themselves."""
    assert holder.stdout.readline() == "up\n"
    label = f"{leftovers.PID}={holder.pid}"
    assert len(leftovers.find(engine, label)) == 5
    holder.send_signal(signal.SIGKILL)
    assert eventually(lambda: leftovers.find(engine, label) == [], within=60)


def test_what_a_dead_owner_left_is_swept(engine: docker.DockerClient, tmp_path: Path):
    """What a stack left whose lock nobody holds is taken away; a living stack's stays, and another machine's."""
    folders = {name: tmp_path / f"test-{tmp_path.name}-{name}" for name in ("dead", "alive", "elsewhere")}
    labels = {name: leftovers.labels(folder) for name, folder in folders.items()}
    labels["elsewhere"] |= {leftovers.MACHINE: "another-machine another-boot"}
    folders["alive"].mkdir()
    with (folders["alive"] / "lock").open("w") as lock, contextlib.ExitStack() as undo:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name, said in labels.items():
            engine.networks.create(folders[name].name, labels=said)
            undo.callback(leftovers.remove, engine, folders[name].name)
        leftovers.sweep(engine)
        left = {one.name for folder in folders.values() for one in engine.networks.list(names=[folder.name])}
        assert left == {folders["alive"].name, folders["elsewhere"].name}


def test_a_broken_file_is_named_with_its_line(tmp_path: Path, engine: docker.DockerClient):
    """A syntax error in a file that a container runs is told by the host's file and line, and nothing is left."""
    tmp_path.chmod(0o755)
    file, code = written(tmp_path)
    (code / "app.py").write_text("x = 1\ndef app(:\n")
    mine = f"{leftovers.PID}={os.getpid()}"
    before = {one.id for one in leftovers.find(engine, mine)}
    with pytest.raises(CapsizeError) as refused:
        running.start(Stack("broken", file, {"one": service("one", file, code)}), host=docker_host)
    assert (refused.value.place.file, refused.value.place.line) == (code / "app.py", 2)
    assert "SyntaxError" in str(refused.value)
    assert {one.id for one in leftovers.find(engine, mine)} == before


def test_an_image_that_cannot_be_fetched_is_said(engine: docker.DockerClient):
    """An image that is nowhere is named, with what to type."""
    with pytest.raises(CapsizeError, match="docker pull localhost:1/nothing:1"):
        images.provide(engine, ["localhost:1/nothing:1"])
