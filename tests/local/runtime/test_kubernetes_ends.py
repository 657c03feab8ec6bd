"""Kubernetes' rules about the end of a pod, each with its source, on real processes.

LIFE is https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination, HOOKS is
https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from kubernetes_stacks import PATIENT, STUBBORN, begin_to_delete, deployment, lapse, probe, told
from plain_stacks import Describe, eventually, get

from capsize.session import running
from capsize.stack.model import Hook, Port


@pytest.fixture
def start(describe: Describe, code: Path, run_dir: Path):
    """Start two instances of a Deployment named front."""
    (code / "stubborn.py").write_text(STUBBORN)

    def begin(*, time_scale: float = 1.0, lag: float = 0.1, **own: object):
        ready = probe("", period=0.1)
        described = describe(front=deployment(**{"ports": (Port(8000),), "replicas": 2, "readiness": ready, **own}))
        return running.start(replace(described, time_scale=time_scale), endpoint_lag=lag)

    return begin


def is_gone(stack: running.RunningStack, name: str) -> bool:
    return name not in [instance.name for instance in stack.instances]


def test_deletion_and_rotation_begin_together(start):
    """LIFE: preStop and the endpoint's removal start at the same time; the wires hear of it their lag later."""
    with start(pre_stop=Hook("sleep", seconds=1.5), lag=0.5) as stack:
        stack.service("front").scale(1)
        events = told(stack, "front-2")
        assert events[events.index("Terminating") :] == [
            "Terminating",
            "asked to stop",
            "runs its preStop hook",
            "sent",
            "ended",
        ]
        assert lapse(stack, "front-2", "Terminating", "sent") >= 1.5
        assert {get(stack).json()["I"] for _ in range(4)} == {"front-1"}


def test_a_leaving_pod_is_shown_as_terminating(start):
    """LIFE: a pod that is being deleted shows up as Terminating, and its endpoint is no longer ready."""
    with start(pre_stop=Hook("sleep", seconds=1.5)) as stack:
        two = stack.instance("front-2")
        begin_to_delete(stack, "front-2")
        assert (two.shown, two.leaving) == ("Terminating", True)
        assert eventually(lambda: two.port not in stack.supervisor.view.wires.targets["front"], PATIENT)
        assert eventually(lambda: is_gone(stack, "front-2"), PATIENT)


def test_the_grace_period_includes_the_hook(start):
    """HOOKS: the countdown begins before preStop, so the signal has only what the hook left, and then SIGKILL."""
    stubborn = {"command": ("python", "stubborn.py"), "readiness": probe("", kind="tcp")}
    with start(**stubborn, pre_stop=Hook("sleep", seconds=1.0), stop_grace_period=4.0) as stack:
        stack.service("front").scale(1)
        took = lapse(stack, "front-2", "asked to stop", "killed")
        left = lapse(stack, "front-2", "sent", "killed")
    assert took >= 3.9
    assert left < 3.9


def test_a_hook_that_overruns_gets_two_seconds_more(start):
    """LIFE: a preStop that used up the grace period is cut off; the signal follows, and a short extension."""
    stubborn = {"command": ("python", "stubborn.py"), "readiness": probe("", kind="tcp", period=1, timeout=50)}
    with start(**stubborn, pre_stop=Hook("sleep", seconds=90), stop_grace_period=4.0, time_scale=0.2) as stack:
        stack.service("front").scale(1)
        events = told(stack, "front-2")
        assert events[-4:-1] == ["preStop hook cut off", "sent", "killed"]
        assert lapse(stack, "front-2", "asked to stop", "sent") >= 0.8
        assert lapse(stack, "front-2", "sent", "killed") >= 0.35


@pytest.mark.parametrize(
    ("hook", "words"),
    [(Hook("exec", command=("python", "nowhere.py")), "nowhere.py"), (Hook("http", path="/nowhere"), "404")],
)
def test_a_hook_that_fails_saves_nobody(start, hook: Hook, words: str):
    """HOOKS: a failed hook is told, and the container ends all the same."""
    with start(pre_stop=hook) as stack:
        stack.service("front").scale(1)
        why = next(event.why for event in stack.timeline.events if event.what == "preStop hook failed")
        assert words in why
        assert is_gone(stack, "front-2")


def test_hooks_are_done_beside_the_container(start, code: Path):
    """HOOKS, exec: the command runs with the container's own environment and folder before the signal."""
    (code / "hook.py").write_text(
        "import os\nfrom pathlib import Path\n\nPath('done').write_text(os.environ['HOSTNAME'])\n"
    )
    with start(pre_stop=Hook("exec", command=("python", "hook.py"))) as stack:
        stack.service("front").scale(1)
        assert (code / "done").read_text() == "front-2"


def test_a_liveness_restart_runs_the_hook_too(start, code: Path):
    """HOOKS: preStop is called before a container ends because of a probe, too."""
    alive = probe("", failure_threshold=3, timeout=1.0)
    with start(
        liveness=alive,
        startup=probe("", failure_threshold=1000),
        pre_stop=Hook("sleep", seconds=0.2),
        stop_grace_period=0.5,
    ) as stack:
        stack.instance("front-1").pause()
        assert eventually(lambda: stack.instance("front-1").restarts >= 1, PATIENT)
        events = told(stack, "front-1")
        assert events.index("liveness failed") < events.index("runs its preStop hook") < events.index("sent")


def test_down_waits_for_no_hook(start):
    """Taking a stack down deletes no pods: its hooks are not run."""
    stack = start(pre_stop=Hook("sleep", seconds=60), stop_grace_period=90.0)
    stack.down()
    assert "runs its preStop hook" not in told(stack, "front-1")
