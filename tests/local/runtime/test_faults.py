"""Faults of edges and instances: baseline, the fault acts by a stated minimum, healed, baseline again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from plain_stacks import Describe, eventually, get

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port, Restart


def seconds(stack: RunningStack, times: int = 5) -> float:
    """Return the time of the quickest of some requests through both wires: the others may have waited for a core."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        get(stack)
        taken.append(time.perf_counter() - began)
    return min(taken)


def statuses(stack: RunningStack, times: int) -> list[int]:
    return [get(stack).status_code for _ in range(times)]


def test_a_delay_is_added_and_taken_away(up: RunningStack):
    """With a delay of 200 ms no request takes less; healed, one does, as one did before."""
    before = seconds(up)
    with up.edge("front", "back").delay(ms=200):
        assert seconds(up) >= 0.2
    assert before < 0.2
    assert seconds(up) < 0.2


def test_a_share_of_requests_is_delayed(up: RunningStack):
    """A delay of 50 percent spares some requests and hits some."""
    with up.edge("outside", "front").delay(ms=150, percent=50):
        times = [seconds(up, times=1) for _ in range(24)]
    assert any(taken < 0.15 for taken in times)
    assert any(taken >= 0.15 for taken in times)


def test_a_failing_edge_answers_with_its_status(up: RunningStack):
    """A failing edge answers with the status that was asked for, and is counted as a fault; healed, it works."""
    assert statuses(up, 3) == [200] * 3
    with up.edge("outside", "front").fail(status=418):
        assert statuses(up, 3) == [418] * 3
    assert statuses(up, 3) == [200] * 3
    assert up.edge("outside", "front").stats().errors == {"fault": 3}


def test_a_losing_edge_delivers_the_request_and_not_the_answer(up: RunningStack):
    """Each request arrives behind the wire and is answered 504; the loss is counted, and over once healed."""
    with up.edge("outside", "front").lose():
        assert statuses(up, 3) == [504] * 3
    assert statuses(up, 2) == [200] * 2
    assert eventually(lambda: up.edge("front", "back").stats().requests == 5)
    assert up.edge("outside", "front").stats().errors == {"answer lost": 3}


def test_a_share_of_answers_is_lost(up: RunningStack):
    """A loss of 50 percent loses some answers and no request."""
    with up.edge("outside", "front").lose(percent=50):
        assert set(statuses(up, 24)) == {200, 504}
    assert eventually(lambda: up.edge("front", "back").stats().requests == 24)


def test_a_cut_edge_refuses_and_heals(up: RunningStack):
    """A cut edge refuses connections at once; healed, the same address works."""
    with up.edge("outside", "front").cut(), pytest.raises(httpx.ConnectError):
        get(up)
    assert get(up).status_code == 200


def test_a_cut_closes_connections_that_are_open(up: RunningStack):
    """A client that keeps its connection is cut too."""
    with httpx.Client() as client:
        client.get(up.url())
        up.edge("outside", "front").cut()
        with pytest.raises(httpx.HTTPError):
            client.get(up.url())


def test_only_the_cut_arrow_is_cut(up: RunningStack):
    """With front>back cut the front still hears the outside, and only its own call fails."""
    with up.edge("front", "back").cut():
        assert get(up).status_code == 500
    assert get(up).status_code == 200


@pytest.mark.parametrize("wrong", [{"ms": 0}, {"ms": 10, "percent": 101}, {"ms": "slow"}, {"ms": True}])
def test_nonsense_is_refused(up: RunningStack, wrong: dict):
    """A fault outside its range is refused with what it takes, and nothing changes."""
    with pytest.raises(CapsizeError, match="expected: "):
        up.edge("front", "back").delay(**wrong)
    assert get(up).status_code == 200


def test_a_killed_instance_is_back_when_healed(up: RunningStack):
    """A kill is seen by callers and heals by a new process."""
    pid = up.instance("back-1").pid
    with up.instance("back-1").kill():
        assert eventually(lambda: up.instance("back-1").state == "crashed")
        assert get(up).status_code == 500
    assert get(up).json() == {"I": "back-1"}
    assert up.instance("back-1").pid not in (None, pid)


def test_a_kill_healed_at_once_has_happened(up: RunningStack):
    """Who kills and heals without a pause gets a new process, and waits for it."""
    for _ in range(10):
        pid = up.instance("back-1").pid
        up.instance("back-1").kill().heal()
        assert get(up).json() == {"I": "back-1"}
        assert up.instance("back-1").pid not in (None, pid)


def test_a_stopped_instance_stays_stopped_until_healed(up: RunningStack):
    """A stop ends the process well and leaves it ended; healing starts it."""
    with up.instance("back-1").stop():
        assert up.instance("back-1").state == "stopped"
    assert get(up).status_code == 200


def test_a_paused_instance_answers_nobody(up: RunningStack):
    """A paused instance keeps its callers waiting; resumed, it answers."""
    with up.instance("front-1").pause(), pytest.raises(httpx.ReadTimeout):
        get(up, timeout=0.3)
    assert get(up).status_code == 200


def test_a_restart_is_another_process(up: RunningStack):
    """After a restart another process answers."""
    pid = up.instance("back-1").pid
    up.instance("back-1").restart()
    assert up.instance("back-1").pid != pid
    assert get(up).status_code == 200


@pytest.fixture
def stubborn(describe: Describe, run_dir: Path) -> Iterator[RunningStack]:
    """Three backs that are always restarted, behind a front."""
    front = {"environment": {"BACK_URL": "http://back:8000"}, "ports": (Port(8000),)}
    stack = describe(front=front, back={"restart": Restart("always"), "replicas": 3})
    with running.start(stack, endpoint_lag=0.1) as up:
        yield up


def test_the_policy_restarts_what_crashed(stubborn: RunningStack):
    """With restart always, a killed instance comes back by itself, and the restart is counted."""
    stubborn.instance("back-2").kill()
    assert eventually(lambda: stubborn.instance("back-2").restarts == 1 and stubborn.instance("back-2").ready)


def test_the_dead_leave_the_rotation(stubborn: RunningStack):
    """A stopped instance gets no request once the stated lag is over."""
    stubborn.instance("back-2").stop()
    assert eventually(lambda: stubborn.edge("front", "back").stats().errors == {} and answers(stubborn, 9) == {1, 3})


def answers(stack: RunningStack, times: int) -> set[int]:
    return {int(response.json()["I"][-1]) for _ in range(times) if (response := get(stack)).status_code == 200}


def test_scaling_serves_all_the_while(stubborn: RunningStack):
    """Scaled from three to one to four under requests, no request fails and each instance gets its turn."""
    with httpx.Client(timeout=5) as client:
        seen = [client.get(stubborn.url()).status_code for _ in range(20)]
        for replicas in (1, 4):
            stubborn.service("back").scale(replicas)
            seen += [client.get(stubborn.url()).status_code for _ in range(20)]
    assert set(seen) == {200}
    assert answers(stubborn, 12) == {1, 2, 3, 4}


def test_the_timeline_tells_what_happened(up: RunningStack):
    """Each act stands in the timeline with who and why, in order."""
    with up.edge("front", "back").cut():
        pass
    up.instance("back-1").kill()
    told = [(event.who, event.what) for event in up.timeline.events]
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
