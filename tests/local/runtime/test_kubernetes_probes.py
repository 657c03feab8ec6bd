"""Kubernetes' rules about probes, each with its source, on real processes.

LIFE is https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/, TASK is
https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from kubernetes_stacks import (
    APP,
    EXIT,
    PATIENT,
    QUICK,
    STUBBORN,
    WAIT,
    asked,
    begin_to_delete,
    deployment,
    lapse,
    probe,
    rest,
    told,
)
from plain_stacks import Describe, eventually, get

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.stack.model import Hook, Port, Probe, Restart

NEVER_RAN = ("python", "exit.py", "3")
BEGUN = probe("begun", failure_threshold=1000)
SLOW = """
import runpy, sys, time

time.sleep(1.5)
sys.argv = ["serve", "app:app"]
runpy.run_module("serve", run_name="__main__")
"""


@pytest.fixture
def code(code: Path) -> Path:
    (code / "app.py").write_text(APP)
    for name, source in {"stubborn": STUBBORN, "exit": EXIT, "wait": WAIT, "slow": SLOW}.items():
        (code / f"{name}.py").write_text(source)
    return code


@pytest.fixture
def start(describe: Describe, run_dir: Path):
    """Start a stack of one Deployment named front, not awaited."""

    def begin(*, time_scale: float = 1.0, wait: bool = False, patience: float = PATIENT, **own: object):
        stack = describe(front=deployment(ports=(Port(8000),), **own))
        return running.start(replace(stack, time_scale=time_scale), endpoint_lag=0.1, wait=wait, patience=patience)

    return begin


def test_startup_holds_off_the_others(start, code: Path):
    """LIFE, startupProbe: all other probes are disabled until it succeeds; then they are asked."""
    (code / "all.begun.sick").touch()
    probes = {"startup": BEGUN, "liveness": probe("live"), "readiness": probe("ready")}
    with start(**probes) as stack:
        assert eventually(lambda: len(asked(code, "front-1", "begun")) >= 5, PATIENT)
        assert asked(code, "front-1", "live") == asked(code, "front-1", "ready") == []
        (code / "all.begun.sick").unlink()
        assert eventually(lambda: stack.instance("front-1").ready and asked(code, "front-1", "live"), PATIENT)
        began = len(asked(code, "front-1", "begun"))
        assert eventually(lambda: len(asked(code, "front-1", "live")) >= 5, PATIENT)
        assert len(asked(code, "front-1", "begun")) == began


def test_a_failed_liveness_restarts_in_place(start, code: Path):
    """LIFE, livenessProbe: the container is killed and started again; name and port stay, the restart is counted."""
    with start(startup=BEGUN, liveness=probe("live", failure_threshold=3)) as stack:
        one = stack.instance("front-1")
        assert eventually(lambda: one.ready and get(stack).status_code == 200, PATIENT)
        port, pid = one.port, one.pid
        (code / "all.live.sick").touch()
        assert eventually(lambda: "liveness failed" in told(stack, "front-1"), PATIENT)
        (code / "all.live.sick").unlink()
        assert eventually(lambda: one.restarts == 1 and one.pid not in (None, pid), PATIENT)
        assert (one.name, one.port) == ("front-1", port)
        why = next(event.why for event in stack.timeline.events if event.what == "liveness failed")
        assert why.startswith("3 in a row: /live answers 503")


def test_fewer_failures_than_the_threshold_do_nothing(start, code: Path):
    """TASK, failureThreshold: only failures in a row count, so one success between them begins the count again."""
    with start(liveness=probe("live", failure_threshold=200)) as stack:
        (code / "all.live.sick").touch()
        health = stack.instance("front-1").probes
        assert eventually(lambda: health()["liveness"].streak >= 4 and health()["liveness"].passed is False, PATIENT)
        (code / "all.live.sick").unlink()
        assert eventually(lambda: health()["liveness"].passed is True, PATIENT)
        assert (stack.instance("front-1").restarts, health()["liveness"].holds) == (0, True)


def test_a_failed_startup_restarts_too(start, code: Path):
    """LIFE, startupProbe: if it fails, the container is killed and subject to its restart policy."""
    (code / "all.begun.sick").touch()
    with start(startup=probe("begun", failure_threshold=3)) as stack:
        assert eventually(lambda: stack.instance("front-1").restarts >= 2, PATIENT)
        events = [what for what in told(stack, "front-1") if what in ("started", "startup failed")]
        assert events[:4] == ["started", "startup failed"] * 2
        assert "ready" not in told(stack, "front-1")


def test_readiness_rotates_and_never_restarts(start, code: Path):
    """LIFE, readinessProbe: failing takes the endpoint away, passing brings it back, and nothing is restarted."""
    with start(readiness=probe("ready", failure_threshold=2), replicas=2, wait=True) as stack:
        pids = [one.pid for one in stack.instances]
        (code / "front-1.ready.sick").touch()
        assert eventually(lambda: {get(stack).json()["I"] for _ in range(6)} == {"front-2"}, PATIENT)
        (code / "front-1.ready.sick").unlink()
        assert eventually(lambda: {get(stack).json()["I"] for _ in range(6)} == {"front-1", "front-2"}, PATIENT)
        assert [(one.pid, one.restarts) for one in stack.instances] == [(pid, 0) for pid in pids]


def test_success_threshold_is_waited_for(start, code: Path):
    """TASK, successThreshold: so many successes in a row make it ready; the first alone does not."""
    with start(readiness=probe("ready", success_threshold=4)) as stack:
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)
        assert len(asked(code, "front-1", "ready")) >= 4


def test_the_first_question_comes_after_the_initial_delay(start, code: Path):
    """TASK, initialDelaySeconds: no probe before it, and readiness is a failure until then (LIFE)."""
    with start(readiness=probe("ready", initial_delay=1.0)) as stack:
        assert not stack.instance("front-1").ready
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)
        assert lapse(stack, "front-1", "started", "ready") >= 1.0


def test_periods_are_kept(start, code: Path):
    """TASK, periodSeconds: questions are a period apart, from the first on: nothing is asked more eagerly."""
    with start(readiness=probe("ready", period=0.4)):
        assert eventually(lambda: len(asked(code, "front-1", "ready")) >= 4, PATIENT)
        times = asked(code, "front-1", "ready")
        assert times[3] - times[0] >= 3 * 0.4 - 0.1


def test_rotation_is_what_the_wires_lead_to(start, code: Path):
    """Whoever asks for the rotation waits for the wires, and then every request goes to one of those in it."""
    with start(readiness=probe("ready"), replicas=2, wait=True) as stack:
        assert [one.name for one in stack.service("front").rotation()] == ["front-1", "front-2"]
        (code / "front-1.ready.sick").touch()
        assert eventually(lambda: not stack.instance("front-1").ready, PATIENT)
        assert [one.name for one in stack.service("front").rotation()] == ["front-2"]
        assert {get(stack).json()["I"] for _ in range(6)} == {"front-2"}


def test_answers_of_a_probe_are_counted_from_the_containers_start(start, code: Path):
    """A probe's answers are counted whatever they say, and from nothing again after a restart."""
    with start(liveness=probe("live", failure_threshold=5)) as stack:
        one = stack.instance("front-1")
        assert eventually(lambda: one.probes()["liveness"].answers >= 3, PATIENT)
        (code / "all.live.sick").touch()
        assert eventually(lambda: one.restarts and one.probes()["liveness"].answers <= 5, PATIENT)


def test_without_a_readiness_probe_a_started_container_is_ready(start, code: Path):
    """LIFE: the default of readiness is success, although nobody listens yet."""
    with start(command=("python", "wait.py", "60")) as stack:
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)
        assert get(stack).status_code == 503


def test_an_answer_after_the_timeout_is_a_failure(start, code: Path):
    """TASK, timeoutSeconds: a hung process fails its liveness probe and is restarted, by SIGKILL where it must be."""
    hung = {"liveness": probe("live", timeout=1.0, failure_threshold=2), "stop_grace_period": 0.3}
    with start(startup=BEGUN, readiness=probe("ready"), **hung) as stack:
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)
        stack.instance("front-1").pause()
        assert eventually(lambda: stack.instance("front-1").restarts >= 1, PATIENT)
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)
        events = told(stack, "front-1")
        assert events.index("liveness failed") < events.index("killed")


def test_a_pod_that_is_deleted_is_asked_by_readiness_alone(start, code: Path):
    """kubernetes/kubernetes, pull requests 98571 and 110191: liveness ends nobody who is leaving anyway."""
    probes = {"startup": BEGUN, "liveness": probe("live", failure_threshold=1), "readiness": probe("ready")}
    with start(**probes, pre_stop=Hook("sleep", seconds=1.5)) as stack:
        assert eventually(lambda: stack.instance("front-1").ready and asked(code, "front-1", "live"), PATIENT)
        begin_to_delete(stack, "front-1")
        (code / "all.live.sick").touch()
        counts = [len(asked(code, "front-1", path)) for path in ("live", "ready")]
        assert eventually(lambda: "ended" in told(stack, "front-1"), PATIENT)
        live, ready = [len(asked(code, "front-1", path)) for path in ("live", "ready")]
    assert "liveness failed" not in told(stack, "front-1")
    assert (live - counts[0] <= 1, ready - counts[1] >= 3) == (True, True)


@pytest.mark.parametrize("grace", [None, 0.2])
def test_a_probe_may_have_its_own_grace_period(start, grace: float | None):
    """TASK, probe-level terminationGracePeriodSeconds: it replaces the pod's when that probe ends the container."""
    liveness = Probe("http", path="/", period=0.1, timeout=0.3, failure_threshold=1, grace_period=grace)
    with start(command=("python", "stubborn.py"), liveness=liveness, stop_grace_period=1.5) as stack:
        assert eventually(lambda: "killed" in told(stack, "front-1"), PATIENT)
        took = lapse(stack, "front-1", "liveness failed", "killed")
        words = next(event.why for event in stack.timeline.events if event.what == "killed")
    assert took >= (grace or 1.5) - 0.05
    assert words == f"did not end within {grace or 1.5:g} s"


def test_a_crash_loop_backs_off(start):
    """LIFE, restarts: at once after the first crash, then after waits that double up to the longest."""
    with start(command=NEVER_RAN) as stack:
        assert eventually(lambda: stack.instance("front-1").restarts >= 4, PATIENT)
        assert eventually(lambda: stack.instance("front-1").shown == "CrashLoopBackOff", PATIENT)
        waits = [event.why for event in stack.timeline.events if event.what == "CrashLoopBackOff"][:3]
    assert waits == ["0.2 s before restart 2", "0.4 s before restart 3", "0.4 s before restart 4"]


def test_a_stop_between_two_tries_is_a_stop(start):
    """Stopped while it waits for its next try, it is not tried again."""
    with start(
        command=("python", "exit.py", "1"), restart=replace(QUICK, first_backoff=60, longest_backoff=60)
    ) as stack:
        front = stack.instance("front-1")
        assert eventually(lambda: front.shown == "CrashLoopBackOff", PATIENT)
        tries = told(stack, "front-1").count("started")
        front.stop()
        assert eventually(lambda: front.shown == "stopped", PATIENT)
        assert told(stack, "front-1").count("started") == tries


def test_a_container_that_ends_well_is_restarted_too(start):
    """LIFE, restartPolicy Always: after any termination, exit code 0 included."""
    with start(command=("python", "exit.py", "0")) as stack:
        assert eventually(lambda: stack.instance("front-1").restarts >= 2, PATIENT)


def test_a_long_run_forgives(start):
    """LIFE, restarts: a container that ran long enough begins its back-off again."""
    forgiving = replace(QUICK, forgiven_after=0.3)
    with start(command=("python", "wait.py", "0.6"), restart=forgiving) as stack:
        assert eventually(lambda: stack.instance("front-1").restarts >= 3, PATIENT)
        assert "CrashLoopBackOff" not in told(stack, "front-1")


def test_up_waits_as_long_as_the_probes_allow(start, code: Path):
    """A startup probe that allows longer than the stack's patience is waited for."""
    begins = probe("begun", period=0.3, failure_threshold=60)
    with start(command=("python", "slow.py"), startup=begins, wait=True, patience=0.5) as stack:
        assert stack.instance("front-1").ready


def test_up_raises_when_nobody_gets_ready(start, code: Path):
    """A Deployment that never gets ready is waited for, restarts and all, and then reported with its last words."""
    with pytest.raises(CapsizeError, match=r"front-1 .*(was not ready within|ended before)"):
        start(command=NEVER_RAN, readiness=probe("ready"), wait=True, patience=1.0)


def test_the_time_scale_shortens_what_the_manifest_says(start, code: Path):
    """At a scale of 0.1 a delay of ten seconds takes one, and the timeline's first event states the pace."""
    with start(readiness=probe("ready", initial_delay=10.0, period=1.0, timeout=50.0), time_scale=0.1) as stack:
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)
        took = lapse(stack, "front-1", "started", "ready")
        assert 1.0 <= took < 9
        assert str(stack.timeline.events[0]).endswith("time scale (one second in the file takes 0.1 s)")


EXEC = {"the command's code is 0": ("python", "exit.py", "0"), "it is not": ("python", "exit.py", "1")}


@pytest.mark.parametrize("what", EXEC)
def test_exec_asks_a_command(start, what: str):
    """LIFE, exec: a command that exits with 0 passes, any other code fails."""
    with start(readiness=Probe("exec", command=EXEC[what], period=0.2, timeout=10)) as stack:
        health = stack.instance("front-1").probes
        assert eventually(lambda: health() and health()["readiness"].streak >= 2, PATIENT)
        assert health()["readiness"].passed is (what == "the command's code is 0")


def test_tcp_asks_for_a_connection(start):
    """LIFE, tcpSocket: an open port passes, whatever is behind it."""
    with start(command=("python", "stubborn.py"), readiness=Probe("tcp", period=0.1, timeout=5)) as stack:
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)


def test_headers_are_sent(start, code: Path):
    """TASK, httpHeaders: the probe's own headers are sent and replace the usual ones."""
    source = APP.replace("async def root():\n", "async def root(request: Request):\n    seen = request.headers\n")
    source = source.replace("import FastAPI, Response", "import FastAPI, Request, Response")
    source = source.replace('    return {"I": me}\n"""', "")
    wanted = 'seen.get("x-mine") == "yes" and seen["user-agent"].startswith("kube-probe/") and "accept" not in seen'
    source = source[: source.rindex("    return")] + f"    return Response('', 200 if {wanted} else 500)\n"
    (code / "app.py").write_text(source)
    asks = Probe("http", path="/", headers=(("X-Mine", "yes"), ("Accept", "")), period=0.1, timeout=5)
    with start(readiness=asks) as stack:
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)


def test_a_job_runs_to_its_end(describe: Describe, code: Path, run_dir: Path):
    """A Job is done when it ended with 0; nothing waits for it and nothing starts it again."""
    job = {"runs_once": True, "restart": Restart("on-failure", attempts=3, first_backoff=0.1)}
    work = ("python", "wait.py", "0.5")
    with running.start(describe(front=deployment(ports=(Port(8000),)), job={**job, "command": work})) as stack:
        assert eventually(lambda: "completed" in told(stack, "job-1"), PATIENT)
        rest(0.3)
        assert (stack.instance("job-1").restarts, stack.instance("job-1").state) == (0, "stopped")


def test_a_job_that_fails_is_tried_again_and_given_up(describe: Describe, code: Path, run_dir: Path):
    """A Job's backoffLimit: so many retries, with waits between them, and then it has failed."""
    restart = Restart("on-failure", attempts=2, first_backoff=0.1)
    with running.start(describe(job={"runs_once": True, "restart": restart, "command": NEVER_RAN})) as stack:
        assert eventually(lambda: "failed" in told(stack, "job-1"), PATIENT)
        assert [what for what in told(stack, "job-1") if what in ("started", "failed")] == ["started"] * 3 + ["failed"]
