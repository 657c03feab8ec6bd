"""The ports of a stack belong to its user: another user's process takes none, and is not called if it was quicker."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from plain_stacks import Describe, eventually, get

from capsize.errors import CapsizeError
from capsize.runtime import ports
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port

NOBODY = 65534
STRANGER = NOBODY if os.geteuid() == 0 else os.geteuid()  # only root can be somebody else; servers' options alone then


def _bind(port: int) -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
    server.bind((ports.LOOPBACK, port))
    server.listen()
    return server


def takes(port: int) -> bool:
    """Say whether a stranger can listen at a port of 127.0.0.1."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setuid(STRANGER)
            _bind(port)
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@contextmanager
def stranger_at(port: int) -> Iterator[None]:
    """Have a stranger listen at a port, and hang up on whoever calls."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setuid(STRANGER)
        server = _bind(port)
        os.write(writer, b"1")
        while True:
            server.accept()[0].close()
    assert os.read(reader, 1) == b"1"
    try:
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
        os.close(writer)


def test_no_port_of_a_stack_can_be_taken_while_it_is_up(up: RunningStack):
    """Neither that of an instance that was stopped or paused, nor that of a wire that was cut."""
    up.instance("back-1").stop()
    up.instance("front-1").pause()
    up.edge("front", "back").cut()
    wires = up.supervisor.view.wires.at.values()
    assert [port for port in (*(one.port for one in up.instances), *wires) if takes(port)] == []
    up.instance("front-1").resume()


def test_the_port_of_wires_that_are_away_cannot_be_taken(up: RunningStack, monkeypatch: pytest.MonkeyPatch):
    """A dead Envoy leaves its ports to the next one alone."""
    monkeypatch.setattr("capsize.runtime.wires.restart.FIRST", 1.0)
    envoy = up.supervisor.view.wires.envoy
    envoy._wait = 1.0
    os.kill(envoy.child.pid, signal.SIGKILL)
    assert eventually(lambda: not envoy.up.is_set())
    assert not any(takes(port) for port in up.supervisor.view.wires.at.values())
    assert eventually(envoy.up.is_set)
    assert get(up).status_code == 200


def test_a_killed_instance_gets_its_port_back(up: RunningStack):
    """Its successor listens at the same port, also where connections of before still linger."""
    port = up.instance("back-1").port
    for _ in range(2):
        get(up)
        up.instance("back-1").kill().heal()
    assert (up.instance("back-1").port, get(up).status_code) == (port, 200)


@pytest.fixture
def quicker(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Have a stranger listen at each of these ports as soon as it is open for a start."""
    wanted: list[int] = []
    opened, kernel = ports.Ports.lend, ports._listeners
    guests = []

    def let_in(self: ports.Ports, port: int) -> None:
        opened(self, port)
        if port in wanted:
            wanted.remove(port)
            guests.append(stranger_at(port))
            guests[-1].__enter__()

    monkeypatch.setattr(ports.Ports, "lend", let_in)
    if os.geteuid() == STRANGER:
        monkeypatch.setattr(ports, "_listeners", lambda: ((port, NOBODY) for port, _ in kernel()))
    yield wanted
    for guest in guests:
        guest.__exit__(None, None, None)


def test_who_was_quicker_is_told_of_and_not_called(up: RunningStack, quicker: list[int]):
    """The timeline says whose process listens at the instance's port, and no customer's request goes there."""
    back = up.instance("back-1")
    quicker.append(back.port)
    up.call(back._instance.kill)
    back._act(back._instance.start)
    assert eventually(lambda: bool(up.timeline.told("port taken", "back-1")))
    assert f"uid {NOBODY}" in up.timeline.told("port taken", "back-1")[0].why
    assert (back.ready, back.port in up.supervisor.view.wires.targets["back"]) == (False, False)


def test_a_broker_whose_port_was_taken_is_not_told_its_password(
    describe: Describe, run_dir: Path, quicker: list[int], monkeypatch: pytest.MonkeyPatch
):
    """The kit asks nobody for readiness but its own process, and the wires lead to nobody else."""
    valkey = {"image": "valkey/valkey:8", "command": ("valkey-server", "--requirepass", "sesame"), "volumes": ()}
    store = {**valkey, "environment": {"PORT": "6379"}, "ports": (Port(6379),)}
    reserve = ports.Ports.reserve

    def first(self: ports.Ports) -> int:
        quicker.append(port := reserve(self))
        return port

    monkeypatch.setattr(ports.Ports, "reserve", first)
    with pytest.raises(CapsizeError) as refused:
        running.start(describe(store=store), patience=3)
    assert "store-1 ended before it was ready" in str(refused.value)
