"""Faults of edges and instances: baseline, the fault acts by a stated minimum, healed, baseline again."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
from plain_stacks import Describe, eventually, get

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port

DELAY = 0.4  # seconds, more than a busy machine adds to the quickest of some requests


def seconds(stack: RunningStack) -> float:
    """Return the time of a request through both wires."""
    began = time.perf_counter()
    get(stack)
    return time.perf_counter() - began


def statuses(stack: RunningStack, times: int) -> list[int]:
    return [get(stack).status_code for _ in range(times)]


def test_a_share_of_requests_is_delayed(shared: RunningStack):
    """A delay of 50 percent spares some requests and hits some."""
    with shared.edge("outside", "front").delay(ms=1000 * DELAY, percent=50):
        times = [seconds(shared) for _ in range(16)]
    assert min(times) < DELAY <= max(times)


def test_a_share_of_answers_is_lost(shared: RunningStack):
    """A loss of 50 percent loses some answers and no request."""
    before = shared.edge("front", "back").stats().requests
    with shared.edge("outside", "front").lose(percent=50):
        assert set(statuses(shared, 24)) == {200, 504}
    assert eventually(lambda: shared.edge("front", "back").stats().requests == before + 24)


def test_a_cut_closes_connections_that_are_open(shared: RunningStack):
    """A client that keeps its connection is cut too."""
    with httpx.Client() as client:
        client.get(shared.url())
        with shared.edge("outside", "front").cut(), pytest.raises(httpx.HTTPError):
            client.get(shared.url())


@pytest.mark.parametrize("wrong", [{"ms": 0}, {"ms": 10, "percent": 101}, {"ms": "slow"}, {"ms": True}])
def test_nonsense_is_refused(shared: RunningStack, wrong: dict):
    """A fault outside its range is refused with what it takes, and nothing changes."""
    with pytest.raises(CapsizeError, match="expected: "):
        shared.edge("front", "back").delay(**wrong)
    assert get(shared).status_code == 200


def test_a_killed_instance_is_back_when_healed(shared: RunningStack):
    """A kill is seen by callers and heals by a new process."""
    pid = shared.instance("back-1").pid
    with shared.instance("back-1").kill():
        assert eventually(lambda: shared.instance("back-1").state == "crashed")
        assert get(shared).status_code == 500
    assert get(shared).json() == {"I": "back-1"}
    assert shared.instance("back-1").pid not in (None, pid)


def test_a_kill_healed_at_once_has_happened(shared: RunningStack):
    """Who kills and heals without a pause gets a new process, and waits for it."""
    for _ in range(10):
        pid = shared.instance("back-1").pid
        shared.instance("back-1").kill().heal()
        assert get(shared).json() == {"I": "back-1"}
        assert shared.instance("back-1").pid not in (None, pid)


def test_a_restart_is_another_process(shared: RunningStack):
    """After a restart another process answers."""
    pid = shared.instance("back-1").pid
    shared.instance("back-1").restart()
    assert shared.instance("back-1").pid != pid
    assert get(shared).status_code == 200


def test_the_timeline_tells_what_happened(shared: RunningStack):
    """Each act stands in the timeline with who and why, in order."""
    since = len(shared.timeline.events)
    shared.edge("front", "back").cut().heal()
    shared.instance("back-1").kill().heal()
    told = [(event.who, event.what) for event in shared.timeline.events[since:]]
    assert [event for event in told if event[1] in ("cut", "healed", "killed")] == [
        ("front>back", "cut"),
        ("front>back", "healed"),
        ("back-1", "killed"),
    ]


def test_marks_of_a_load_are_of_what_is_behind_its_door(describe: Describe, run_dir: Path):
    """What happened to the service at a door, or behind it, or to a wire there, is marked; the rest is not."""
    front = {"environment": {"BACK_URL": "http://back:8000"}, "ports": (Port(8000),)}
    with running.start(describe(front=front, back={}, beside={"ports": (Port(8000),)}), endpoint_lag=0.1) as stack:
        stack.edge("front", "back").delay(ms=10).heal()
        stack.instance("back-1").pause().heal()
        said = {words for _, words in stack.marks("front")}
        assert {"front-1 ready", "front>back slowed", "back-1 paused"} <= said
        assert {words for _, words in stack.marks("beside")} == {"beside-1 ready"}
