"""Plain Compose runs each lab's file, with no kit: the tool that is there brings it up, and a customer is served."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from plain_stacks import eventually

import docker
from capsize.course import Course
from capsize.runtime.host.docker import images
from capsize.stack.model import Stack

LABS = [lab for lab in Course.here().labs() if lab.rooms.compose.exists()]
PATIENT, APART = 120.0, 3.0  # seconds: for a stack to serve, and between two health checks of a service
ORDER = {
    "lines": {"foghorn": 1},
    "item": "foghorn",
    "pieces": 1,
    "customer": "ada",
    "address": "pier 4",
    "card": "none",
}
ANY = "0"  # of the host's ports: the engine chooses one, and nobody can come between


def tool() -> list[str]:
    """Return the Compose tool that is there: the plugin, else docker-compose."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True)
    if plugin.returncode == 0 and b"Compose" in plugin.stdout:
        return ["docker", "compose"]
    found = shutil.which("docker-compose")
    if found is None:
        pytest.skip("no Compose tool is here: install docker-compose-plugin, or docker-compose")
    return [found]


class Project:
    """A project of the Compose tool, at ports that are free."""

    def __init__(self, *files: Path, ports: dict[str, str], front: tuple[str, int]) -> None:
        self.name, self.ports, self.front = f"test{uuid.uuid4().hex[:8]}", ports, front
        self.words = [*tool(), "-p", self.name, *(word for file in files for word in ("-f", str(file)))]

    def run(self, *words: str) -> str:
        """Run a command of the tool."""
        done = subprocess.run([*self.words, *words], capture_output=True, text=True, env={**os.environ, **self.ports})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def door(self) -> str:
        """Return the address at which customers come in."""
        return "http://" + self.run("port", self.front[0], str(self.front[1])).strip().replace("0.0.0.0", "127.0.0.1")


@pytest.fixture(params=LABS, ids=lambda lab: lab.slug)
def project(request: pytest.FixtureRequest, engine: docker.DockerClient, tmp_path: Path) -> Iterator[Project]:
    """A lab's file, up, with time to start on a machine that is busy."""
    file, stack = request.param.rooms.compose, request.param.model()
    images.provide(engine, images.of(stack))
    chosen = dict.fromkeys(named_ports(file), ANY)
    project = Project(file, patient(stack, tmp_path), ports=chosen, front=front(stack))
    try:
        project.run("up", "-d", "--no-build")
        yield project
    finally:
        project.run("kill")
        project.run("down", "--volumes", "--timeout", "0")


def front(stack: Stack) -> tuple[str, int]:
    """Return where customers come in: a service, and its port."""
    service = next(stack.services[name] for name in ("gateway", "shop", "orders") if name in stack.services)
    containers = [port.container for port in service.ports]
    return service.name, 8000 if 8000 in containers else containers[0]


def patient(stack: Stack, folder: Path) -> Path:
    """Write a file that spares a busy machine: health checks start a Python each, and a slow start is no failed one."""
    slow = {"healthcheck": {"interval": f"{APART:g}s", "start_period": f"{PATIENT:g}s"}}
    file = folder / "patient.yaml"
    file.write_text(json.dumps({"services": {one.name: slow for one in stack.services.values() if one.readiness}}))
    return file


def named_ports(file: Path) -> set[str]:
    """List the variables by which a file's host ports can be chosen."""
    words = file.read_text().split("${")
    return {word.partition(":-")[0] for word in words if word.partition(":-")[0].endswith("_PORT")}


def test_a_customer_is_served(project: Project):
    """Somebody logs in and orders, or fills the cart, or looks at what there is: the most that a lab offers."""
    with httpx.Client(base_url=project.door(), timeout=10) as customer:
        assert eventually(lambda: _is_in(customer), within=PATIENT), project.run("logs", "--tail", "5")
        key = uuid.uuid4().hex
        # Compose starts a sidecar after the app whose network it shares, so the first answers may be 503
        assert eventually(lambda: _is_served(customer, key), within=PATIENT), project.run("logs", "--tail", "5")


def _is_served(customer: httpx.Client, key: str) -> bool:
    """Ask for the most that the shop offers; say whether it was there. A refusal of another kind ends the test."""
    answer = customer.post("/orders", json=ORDER, headers={"Idempotency-Key": key})
    if answer.status_code == 404:
        answer = customer.post("/cart", json={"sku": "foghorn"})
    for page in ("/items", "/pages/each/3", "/platform/till"):  # the last: behind a front that only carries calls
        if answer.status_code == 404:
            answer = customer.get(page)
    assert answer.status_code in (200, 201, 202, 503), answer.text
    return answer.status_code != 503


def _is_in(customer: httpx.Client) -> bool:
    """Log in, where the shop knows its customers; say whether it answered."""
    with contextlib.suppress(httpx.TransportError):
        answer = customer.post(
            "/login", params={"name": "ada"}, json={"email": "ada@harbour.example", "password": "ahoy"}
        )
        if answer.status_code == 200 and "token" in answer.json():
            customer.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return answer.status_code in (200, 404)
    return False
