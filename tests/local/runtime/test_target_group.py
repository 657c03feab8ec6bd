"""A load balancer's rules about its targets, each with its source, on real processes and Envoy's own health checks.

ELB is https://docs.aws.amazon.com/elasticloadbalancing/latest/application/, pages "Health checks for Application Load
Balancer target groups" and "Target groups"; ECS is the Amazon ECS Developer Guide; ASG the EC2 Auto Scaling User Guide.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from kubernetes_stacks import APP, PATIENT, asked, deployment, lapse, moment, probe, told
from plain_stacks import Describe, eventually, get

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack import kubernetes
from capsize.stack.model import Port, Stack, TargetGroupSpec

NEVER = 1000  # a threshold that no test lasts long enough to meet


MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: front}
spec:
  selector: {matchLabels: {app: front}}
  template:
    metadata: {labels: {app: front}}
    spec:
      containers:
        - name: front
          image: capsize-shop
          command: [python, -m, serve, "app:app"]
          readinessProbe: {httpGet: {path: /ready, port: 8000}, periodSeconds: 1, timeoutSeconds: 100}
          volumeMounts: [{name: code, mountPath: /code}]
      volumes: [{name: code, configMap: {name: code}}]
---
apiVersion: v1
kind: Service
metadata:
  name: balancer
  annotations:
    alb.ingress.kubernetes.io/healthcheck-path: /checked
    alb.ingress.kubernetes.io/healthcheck-interval-seconds: "100"
    alb.ingress.kubernetes.io/healthcheck-timeout-seconds: "99"
spec:
  type: LoadBalancer
  selector: {app: front}
  ports: [{port: 80, targetPort: 8000}]
"""


@pytest.fixture
def code(code: Path) -> Path:
    (code / "app.py").write_text(APP)
    return code


@pytest.fixture
def start(describe: Describe, run_dir: Path):
    """Start a Deployment named front behind a plain wire and the wire of a load balancer that asks /checked."""

    def begin(*, wait: bool = True, own: dict | None = None, **rules: object) -> RunningStack:
        rules = {"interval": 0.2, "timeout": 5.0, "deregistration_delay": 0.0, **rules}
        doors = (Port(8000), Port(8000, group=TargetGroupSpec("balancer", "/checked", **rules)))
        usual = {"replicas": 2, "readiness": probe("ready", failure_threshold=NEVER)}
        described = describe(front=deployment(ports=doors, **{**usual, **(own or {})}))
        stack = running.start(described, endpoint_lag=0.1, wait=wait, patience=PATIENT)
        assert not wait or eventually(lambda: set(targets(stack).values()) == {"healthy"}, PATIENT)
        return stack

    return begin


def targets(stack: RunningStack) -> dict[str, str]:
    return stack.edge("outside", "balancer").targets()


def becomes(stack: RunningStack, name: str, state: str) -> bool:
    return eventually(lambda: targets(stack).get(name) == state, PATIENT)


def answered(stack: RunningStack, door: str = "balancer", times: int = 6) -> set[str]:
    """Buy a few times at a door; return who answered, and the statuses of what was refused."""
    with httpx.Client(base_url=stack.url(door), timeout=PATIENT) as client:
        answers = [client.get("/buy") for _ in range(times)]
    return {answer.json()["I"] if answer.status_code == 200 else str(answer.status_code) for answer in answers}


@contextmanager
def in_flight(stack: RunningStack, code: Path, seconds: float) -> Iterator[Callable[[], tuple[int, str]]]:
    """Have a request under way that takes so long; yield who waits for it and returns its status and its answer."""
    begun = {name: len(asked(code, name, "slow")) for name in targets(stack)}
    got: list[tuple[int, str]] = []

    def ask() -> None:
        answer = httpx.get(stack.url("balancer") + f"/slow?slowly={seconds}", timeout=60)
        got.append((answer.status_code, answer.text))

    def end() -> tuple[int, str]:
        asking.join(60)
        return got[0]

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    assert eventually(lambda: any(len(asked(code, name, "slow")) > count for name, count in begun.items()), PATIENT)
    yield end
    asking.join(60)


def test_nobody_is_called_before_the_first_checks_are_over(start, code: Path):
    """ELB: a registered target must pass its initial checks before it gets requests, whatever the platform says."""
    (code / "front-1.checked.sick").touch()
    with start(wait=False, own={"replicas": 1}, unhealthy_threshold=NEVER) as stack:
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)
        assert eventually(lambda: len(asked(code, "front-1", "checked")) >= 3, PATIENT)
        assert (targets(stack), answered(stack)) == ({"front-1": "initial"}, {"503"})
        assert asked(code, "front-1", "buy") == []
        (code / "front-1.checked.sick").unlink()
        assert becomes(stack, "front-1", "healthy")
        assert answered(stack) == {"front-1"}


@pytest.mark.parametrize("illness", ["answers 503", "hangs"])
def test_an_unhealthy_target_is_removed_while_the_platform_calls_it_ready(start, code: Path, illness: str):
    """ELB: after the threshold of failures a target gets no requests; after that of successes it gets them again."""
    with start(timeout=2.0 if illness == "hangs" else 5.0, unhealthy_threshold=3) as stack:
        assert answered(stack) == {"front-1", "front-2"}
        one, sick = stack.instance("front-1"), code / "front-1.checked.sick"
        one.pause() if illness == "hangs" else sick.touch()
        assert becomes(stack, "front-1", "unhealthy")
        assert answered(stack) == {"front-2"}
        assert (one.ready, one.restarts, one.port in stack.supervisor.view.wires.targets["front"]) == (True, 0, True)
        why = [event.why for event in stack.timeline.events if event.what == "target unhealthy"][-1]
        reason = "Target.Timeout" if illness == "hangs" else "Target.ResponseCodeMismatch: answers 503"
        assert why == f"balancer: 3 in a row, {reason}"
        one.resume() if illness == "hangs" else sick.unlink()
        assert becomes(stack, "front-1", "healthy")
        assert answered(stack) == {"front-1", "front-2"}


def test_fewer_failures_than_the_threshold_remove_nobody(start, code: Path):
    """ELB, UnhealthyThresholdCount: only so many failures in a row make a target unhealthy, whatever their status."""
    with start(unhealthy_threshold=NEVER) as stack:
        (code / "front-1.checked.sick").touch()
        assert eventually(lambda: _said(stack, "front-1")["passed"] is False, PATIENT)
        assert eventually(lambda: _said(stack, "front-1")["streak"] >= 4, PATIENT)
        assert (targets(stack)["front-1"], answered(stack)) == ("healthy", {"front-1", "front-2"})


def _said(stack: RunningStack, name: str) -> dict:
    services = {service["name"]: service for service in stack.snapshot()["services"]}
    return next(one for one in services["front"]["instances"] if one["name"] == name)["targets"][0]


def test_where_nobody_is_healthy_everybody_is_called(start, code: Path):
    """ELB: if a group contains only unhealthy targets, the balancer fails open and calls them all."""
    with start() as stack:
        before = len(told(stack, "outside>balancer"))
        (code / "all.checked.sick").touch()
        assert becomes(stack, "front-1", "unhealthy")
        assert becomes(stack, "front-2", "unhealthy")
        assert answered(stack) == {"front-1", "front-2"}
        assert told(stack, "outside>balancer")[before:] == ["fails open"]


def test_who_was_started_again_begins_as_a_newcomer(start, code: Path):
    """ECS: a task that stopped is deregistered and its successor registered, so its past health counts for nothing."""
    with start(unhealthy_threshold=NEVER) as stack:
        (code / "front-1.checked.sick").touch()
        stack.instance("front-1").kill()
        assert becomes(stack, "front-1", "initial")
        assert eventually(lambda: stack.instance("front-1").ready, PATIENT)
        assert (targets(stack)["front-1"], answered(stack)) == ("initial", {"front-2"})


def test_the_platform_replaces_an_unhealthy_target_after_the_grace_period(start, code: Path):
    """ASG, health check grace period: an unhealthy instance is kept until it is that old, and then replaced."""
    (code / "front-1.checked.sick").touch()
    with start(wait=False, grace=8.0) as stack:
        began = stack.instance("front-1")._instance.began - stack.timeline.began
        assert eventually(lambda: "ended" in told(stack, "front-1"), PATIENT)
        events = [what for what in told(stack, "front-1") if what in ("target unhealthy", "Terminating")]
        assert events == ["target unhealthy", "Terminating"]
        assert moment(stack, "front-1", "Terminating") - began >= 8.0
        assert eventually(lambda: list(targets(stack).values()) == ["healthy", "healthy"], PATIENT)
        assert (answered(stack), "front-1" in targets(stack)) == (set(targets(stack)), False)


def test_within_the_grace_period_an_unhealthy_target_is_spared(start, code: Path):
    """ASG, health check grace period: failed checks of a young instance take it out of rotation and nothing more."""
    with start(grace=600.0) as stack:
        (code / "front-1.checked.sick").touch()
        assert becomes(stack, "front-1", "unhealthy")
        seen = len(asked(code, "front-1", "checked"))
        assert eventually(lambda: len(asked(code, "front-1", "checked")) >= seen + 5, PATIENT)
        assert _said(stack, "front-1")["spared"]
        assert (answered(stack), "Terminating" in told(stack, "front-1")) == ({"front-2"}, False)


def test_without_a_grace_period_nobody_is_replaced(start, code: Path):
    """ASG, health check types: without those of the balancer, who is unhealthy is only taken out of rotation."""
    with start() as stack:
        (code / "front-1.checked.sick").touch()
        assert becomes(stack, "front-1", "unhealthy")
        seen = len(asked(code, "front-1", "checked"))
        assert eventually(lambda: len(asked(code, "front-1", "checked")) >= seen + 5, PATIENT)
        assert [one.name for one in stack.instances] == ["front-1", "front-2"]


def test_a_stopping_target_finishes_what_it_has_begun(start, code: Path):
    """ECS: a task is deregistered first; SIGTERM waits for the deregistration delay, in which requests are finished."""
    own = {"replicas": 1, "stop_grace_period": 0.0}  # SIGTERM is SIGKILL here: only the delay can save the request
    with start(deregistration_delay=4.0, own=own) as stack, in_flight(stack, code, 2.0) as its_end:
        stopping = threading.Thread(target=stack.service("front").scale, args=(0,), daemon=True)
        stopping.start()
        assert becomes(stack, "front-1", "draining")
        bought = asked(code, "front-1", "buy")
        assert answered(stack) == {"503"}
        assert its_end() == (200, '{"I":"front-1"}')
        stopping.join(PATIENT)
        assert asked(code, "front-1", "buy") == bought
        events = told(stack, "front-1")
        assert [what for what in events if what in ("target draining", "deregistered", "ended")] == [
            "target draining",
            "deregistered",
            "ended",
        ]
        assert lapse(stack, "front-1", "target draining", "deregistered") >= 4.0
        assert targets(stack) == {}


def test_what_outlasts_the_delay_is_left_to_the_stop_signal(start, code: Path):
    """ECS: the task hears its stop signal when the delay is over, finished or not, then SIGKILL."""
    own = {"replicas": 1, "stop_grace_period": 0.2}
    with start(deregistration_delay=0.5, own=own) as stack, in_flight(stack, code, 30.0) as its_end:
        stack.service("front").scale(0)
        status, _ = its_end()
        assert status == 503


def test_a_rollout_waits_for_the_balancer(start, code: Path):
    """ECS, deployments: a new task counts when the balancer calls it healthy, so the old ones serve until then."""
    with start(own={"replicas": 1}) as stack:
        (code / "front-2.checked.sick").touch()
        rolling = threading.Thread(target=stack.service("front").roll, daemon=True)
        rolling.start()
        assert eventually(lambda: "ready" in told(stack, "front-2"), PATIENT)
        assert becomes(stack, "front-2", "unhealthy")
        assert (targets(stack)["front-1"], answered(stack)) == ("healthy", {"front-1"})
        (code / "front-2.checked.sick").unlink()
        rolling.join(PATIENT)
        assert (targets(stack), answered(stack)) == ({"front-2": "healthy"}, {"front-2"})


def writable(stack: Stack) -> Stack:
    """Let the app note beside itself what it is asked: a ConfigMap is read-only."""
    front = stack.services["front"]
    volumes = tuple(replace(volume, read_only=False) for volume in front.volumes)
    return replace(stack, services={**stack.services, "front": replace(front, volumes=volumes)})


def test_a_manifest_s_balancer_runs_at_the_stack_s_pace(tmp_path: Path, code: Path, run_dir: Path):
    """A Service's annotations are enough, and a stack fifty times as fast checks every 2 s instead of every 100."""
    (tmp_path / "kubernetes.yaml").write_text(MANIFEST)
    described = writable(kubernetes.read(tmp_path / "kubernetes.yaml", {"CODE": str(code)}, time_scale=0.02))
    with running.start(described, patience=PATIENT) as stack:
        assert becomes(stack, "front-1", "healthy")
        seen = len(asked(code, "front-1", "checked"))
        assert eventually(lambda: len(asked(code, "front-1", "checked")) >= seen + 2, PATIENT)
        assert ([edge.name for edge in stack.edges], answered(stack)) == (["outside>balancer"], {"front-1"})


def test_a_stack_that_goes_down_waits_for_no_delay(start):
    """Taking the whole stack down drains nobody."""
    with start(deregistration_delay=3600.0) as stack:
        began = stack.timeline.seconds
        stack.down()
        assert stack.timeline.seconds - began < PATIENT
        assert "target draining" not in told(stack, "front-1")


def test_a_stack_without_a_balancer_has_no_part_of_it(up: RunningStack):
    """Envoy checks nobody where no Service asks for it, and an edge says that it is no balancer."""
    wires = up.supervisor.view.wires
    clusters = json.loads((wires.folder / "clusters.json").read_text())["resources"]
    assert not [cluster for cluster in clusters if "health_checks" in cluster]
    assert (wires.health_log.exists(), get(up).status_code) == (False, 200)
    assert up.snapshot()["services"][1]["instances"][0]["targets"] == []
    with pytest.raises(CapsizeError, match="outside>front is not a load balancer"):
        up.edge("outside", "front").targets()
