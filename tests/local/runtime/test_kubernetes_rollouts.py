"""Kubernetes' rules about a Deployment's roll-out, each with its source, on real processes.

DEPLOY is https://kubernetes.io/docs/concepts/workloads/controllers/deployment/.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kubernetes_stacks import EXIT, PATIENT, deployment, moment, probe, told
from plain_stacks import Describe, eventually, get

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Hook, Port, Rollout, Stack

BAD = ("python", "exit.py", "3")


@pytest.fixture
def stack_of(describe: Describe, code: Path, run_dir: Path):
    """Describe three instances of a Deployment named front."""
    (code / "exit.py").write_text(EXIT)

    def make(rollout: Rollout, **own: object) -> Stack:
        ready = probe("", period=0.1)
        return describe(
            front=deployment(**{"ports": (Port(8000),), "replicas": 3, "rollout": rollout, "readiness": ready, **own})
        )

    return make


@pytest.fixture
def three(stack_of) -> Iterator[RunningStack]:
    """Three instances that roll out one beside three."""
    with running.start(stack_of(Rollout(1, 0)), endpoint_lag=0.1) as stack:
        yield stack


def names(stack: RunningStack) -> list[str]:
    return sorted(instance.name for instance in stack.instances)


def changed(stack: Stack, **own: object) -> Stack:
    return replace(stack, services={"front": replace(stack.services["front"], **own)})


def most_and_least(stack: RunningStack) -> tuple[int, int]:
    """Read from the timeline how many were there at most, and ready at least, from the roll-out's begin to its end."""
    there, ready, most, least, counts = 0, 0, 0, 99, False
    gone: set[str] = set()
    for event in list(stack.timeline.events):
        counts = (counts or event.what == "rolls out") and event.what != "rolled out"
        if event.what == "Terminating":
            ready, there = ready - 1, there - 1
            gone.add(event.who)
        elif event.who not in gone:
            there += event.what == "started"
            ready += {"ready": 1, "not ready": -1}.get(event.what, 0)
        if counts:
            most, least = max(most, there), min(least, ready)
    return most, least


@pytest.mark.parametrize(("surge", "unavailable"), [(1, 0), (0, 1), (2, 1)])
def test_the_strategys_limits_are_kept(stack_of, surge: int, unavailable: int):
    """DEPLOY, max surge and max unavailable: never more instances than this, never fewer available than that."""
    with running.start(stack_of(Rollout(surge, unavailable)), endpoint_lag=0.1) as stack:
        assert stack.service("front").roll() > 0
        most, least = most_and_least(stack)
        assert most <= 3 + surge
        assert least >= 3 - unavailable
        assert names(stack) == ["front-4", "front-5", "front-6"]


def test_numbers_are_never_used_twice(three: RunningStack):
    """A pod's name is never another pod's: after two roll-outs and a scaling numbers go on growing."""
    three.act({"do": "roll", "who": "front"})
    three.service("front").scale(2)
    three.service("front").scale(3)
    assert not {"front-1", "front-2", "front-3"} & set(names(three))
    assert "front-7" in names(three)


def test_a_new_instance_counts_when_it_has_been_ready_long_enough(stack_of):
    """DEPLOY, min ready seconds: the next step waits until the new instance has been ready for so long."""
    with running.start(stack_of(Rollout(1, 0, min_ready=0.6), replicas=1), endpoint_lag=0.1) as stack:
        stack.service("front").roll()
        assert moment(stack, "front-1", "Terminating") - moment(stack, "front-2", "ready") >= 0.55


def test_a_bad_revision_stalls_and_the_old_ones_serve(three: RunningStack):
    """DEPLOY, progress deadline: without progress it stops and says so; undo keeps those that served."""
    with pytest.raises(CapsizeError, match=r"made no progress[^$]*ProgressDeadlineExceeded: 0 of 3"):
        three.apply(changed(three.model, command=BAD, rollout=Rollout(1, 0, progress_deadline=1.5)))
    assert "roll-out stalled" in told(three, "front")
    assert {get(three).status_code for _ in range(6)} == {200}
    assert len(three.instances) == 4
    three.service("front").undo()
    assert names(three) == ["front-1", "front-2", "front-3"]


def test_a_new_rollout_takes_over(stack_of):
    """DEPLOY, rollover: an undo while a roll-out is stuck ends it at once."""
    with running.start(stack_of(Rollout(1, 0, progress_deadline=600)), endpoint_lag=0.1) as stack:
        errors: list[CapsizeError] = []

        def apply() -> None:
            try:
                stack.apply(changed(stack.model, command=BAD))
            except CapsizeError as error:
                errors.append(error)

        stuck = threading.Thread(target=apply)
        stuck.start()
        assert eventually(lambda: "started" in told(stack, "front-4"), PATIENT)
        stack.service("front").undo()
        stuck.join(PATIENT)
        assert ["another one began" in str(error) for error in errors] == [True]
        assert names(stack) == ["front-1", "front-2", "front-3"]


def test_a_rollout_fails_no_request_that_drains(stack_of):
    """With a readiness probe and a preStop longer than the wires' lag, a roll-out under load fails nothing."""
    with running.start(stack_of(Rollout(1, 0), pre_stop=Hook("sleep", seconds=1.0)), endpoint_lag=0.1) as stack:
        statuses: set[int] = set()
        over = threading.Event()

        def customer() -> None:
            while not over.is_set():
                statuses.add(get(stack).status_code)

        caller = threading.Thread(target=customer)
        caller.start()
        stack.service("front").roll()
        over.set()
        caller.join()
        assert statuses == {200}


def test_changed_replicas_only_scale(three: RunningStack):
    """DEPLOY: a roll-out is triggered by a change of the template alone; scaling is none."""
    three.apply(changed(three.model, replicas=4))
    assert names(three) == ["front-1", "front-2", "front-3", "front-4"]
    assert "rolls out" not in told(three, "front")


def test_a_changed_template_is_rolled_out(three: RunningStack):
    """DEPLOY: a changed environment is a changed template, and the new instances see it."""
    environment = {**three.model.services["front"].environment, "COLOUR": "blue"}
    three.apply(changed(three.model, environment=environment))
    assert names(three) == ["front-4", "front-5", "front-6"]
    assert {get(three).status_code for _ in range(3)} == {200}


def test_nothing_changed_does_nothing(three: RunningStack):
    """Applying what runs already changes nothing."""
    three.apply(three.model)
    assert names(three) == ["front-1", "front-2", "front-3"]


def test_compose_services_are_not_rolled_out(up: RunningStack):
    """A Compose service has no strategy: the refusal says what to do instead."""
    with pytest.raises(CapsizeError, match="back is not a Deployment"):
        up.service("back").roll()


def test_down_ends_a_rollout_under_way(stack_of):
    """A stack goes down at once, whatever deadline a roll-out still has; who waits for it is told."""
    told: list[str] = []

    def roll() -> None:
        with pytest.raises(CapsizeError) as refusal:
            stack.service("front").roll()
        told.append(str(refusal.value))

    with running.start(stack_of(Rollout(1, 0, min_ready=500.0, progress_deadline=600.0))) as stack:
        rolling = threading.Thread(target=roll, daemon=True)
        rolling.start()
        assert eventually(lambda: "front-4" in names(stack), PATIENT)
        began = stack.timeline.seconds
    assert stack.timeline.seconds - began < PATIENT
    rolling.join(PATIENT)
    assert told
    assert "went down meanwhile" in told[0]
