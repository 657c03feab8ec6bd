"""Envoy and the relays are killed under a running stack: what is said, what is refused meanwhile, what comes back."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest
from plain_stacks import Describe, eventually, get

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port

STORE = {
    "image": "valkey/valkey:8",
    "command": (),
    "volumes": (),
    "environment": {"PORT": "6379"},
    "ports": (Port(6379),),
}


def processes(stack: RunningStack, word: str) -> list[psutil.Process]:
    """Find what runs in the folder of the stack's wires with a word in its command line."""
    folder, found = stack.folder / "wires", []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) == folder and word in " ".join([process.name(), *process.cmdline()]):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def kill(stack: RunningStack, word: str = "envoy", number: int = signal.SIGKILL) -> None:
    """End what carries the wires, and wait until the stack has noticed."""
    before, what = len(stack.timeline.events), "crashed" if word == "envoy" else f"{word} crashed"
    (process,) = processes(stack, word)
    process.send_signal(number)
    assert eventually(lambda: any(event.what == what for event in stack.timeline.events[before:]))


def is_back(stack: RunningStack, times: int = 1) -> bool:
    return eventually(lambda: len(stack.timeline.told("ready", "wires")) >= times, within=15)


@pytest.fixture
def held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the wires stay away for a while whenever their Envoy dies."""
    monkeypatch.setattr("capsize.runtime.wires.restart.FIRST", 2.0)
    monkeypatch.setattr("capsize.runtime.wires.restart.STEADY", 1000.0)


def test_a_killed_envoy_is_told_of_and_comes_back_at_the_same_ports(up: RunningStack):
    """The timeline says by which signal it ended, and callers are served again at the address that they know."""
    address = up.url("front")
    kill(up)
    assert is_back(up)
    assert ("SIGKILL" in up.timeline.told("crashed", "wires")[0].why, up.url("front")) == (True, address)
    assert get(up).status_code == 200


def test_an_envoy_that_ends_by_itself_is_started_again(up: RunningStack):
    """An exit code is an end like any other."""
    kill(up, number=signal.SIGTERM)
    assert is_back(up)
    assert up.timeline.told("crashed", "wires")[0].why.startswith("exit code")


def test_what_was_done_to_the_wires_is_done_to_them_again(up: RunningStack):
    """Failures, cuts and cookies of before act from the first request on."""
    up.edge("outside", "front").sticky()
    up.edge("front", "back").cut()
    kill(up)
    assert is_back(up)
    assert get(up).status_code == 500
    up.edge("outside", "front").fail(418)
    kill(up)
    assert is_back(up, times=2)
    assert [get(up).status_code for _ in range(5)] == [418] * 5
    up.edge("outside", "front").heal()
    up.edge("front", "back").heal()
    answer = get(up)
    assert (answer.status_code, "wire" in answer.cookies) == (200, True)


def test_requests_are_counted_on_and_never_less(up: RunningStack):
    """The new Envoy counts from zero; the totals of a wire go on."""
    for _ in range(7):
        get(up)
    before = up.edge("outside", "front").stats().requests
    kill(up)
    assert is_back(up)
    for _ in range(9):
        get(up)
    assert (before, up.edge("outside", "front").stats().requests) == (7, 16)


@pytest.mark.usefixtures("held_back")
def test_while_the_wires_are_away_whoever_looks_is_told_so(up: RunningStack):
    """A picture has the last figures, marked as such; the marks of a load have the crash; no raw error is raised."""
    kill(up)
    assert is_back(up)
    kill(up)
    assert eventually(lambda: up.snapshot()["wires"] == "away")
    shown = up.snapshot()
    assert (shown["state"], {edge["stale"] for edge in shown["edges"]}) == ("up", {True})
    assert "wires crashed" in [what for _, what in up.marks()]
    assert is_back(up, times=2)
    shown = up.snapshot()
    assert (shown["wires"], {edge["stale"] for edge in shown["edges"]}) == ("up", {False})


def test_a_fault_waits_for_wires_that_are_away(up: RunningStack):
    """A delay that is asked for while they are away acts when they are back."""
    kill(up)
    with up.edge("outside", "front").fail(418):
        assert get(up).status_code == 418
    assert get(up).status_code == 200


def test_an_envoy_that_cannot_start_is_tried_again_ever_more_slowly(up: RunningStack, monkeypatch: pytest.MonkeyPatch):
    """Its last words are in the timeline, a fault is refused in words, and a repaired one comes up."""
    monkeypatch.setattr("capsize.runtime.wires.restart.FIRST", 0.05)
    envoy = up.supervisor.view.wires.envoy
    whole, envoy.bootstrap = envoy.bootstrap, lambda: {"nonsense": True}
    kill(up)
    assert eventually(lambda: len(up.timeline.told("did not start", "wires")) >= 3, within=15)
    times = [event.at for event in up.timeline.told("did not start", "wires")]
    assert times[2] - times[1] > 0.05
    envoy.bootstrap = whole
    assert is_back(up)
    assert get(up).status_code == 200


def test_a_relay_that_is_killed_is_started_again(describe: Describe, run_dir: Path):
    """A slow wire to a database stays as slow, and the timeline says what happened."""
    with running.start(describe(store=STORE), endpoint_lag=0.1) as stack:
        edge = stack.edge("outside", "store")
        edge.delay(ms=50)
        kill(stack, "relay")
        assert eventually(lambda: bool(stack.timeline.told("relay ready", edge.name)))
        assert processes(stack, "relay")
        edge.heal()
        assert not processes(stack, "relay")


def test_a_wire_to_nobody_cannot_be_slowed(describe: Describe, run_dir: Path):
    """A delay on the way to a stopped database is refused in words."""
    with running.start(describe(store=STORE), endpoint_lag=0.1) as stack:
        stack.instance("store-1").stop()
        assert stack.service("store").rotation() == []
        with pytest.raises(CapsizeError, match="nothing is behind"):
            stack.edge("outside", "store").delay(ms=50)
        assert stack.edge("outside", "store").stats().errors == {}
