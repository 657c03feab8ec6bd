"""Kubernetes' rules about pods of several containers, each with its source, on real processes.

SIDE is https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/, INIT is
https://kubernetes.io/docs/concepts/workloads/pods/init-containers/, LIFE is
https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx
import pytest
from kubernetes_stacks import PATIENT, told
from plain_stacks import eventually, leftovers

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.kubernetes import read

PART = """
import json, os, signal, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

me, shared = os.environ["I"], Path(os.environ["SHARED"])
with open(shared / "begun", "a") as begun:
    print(me, file=begun)


def leave(*_):
    time.sleep(float(os.environ.get("LINGERS", 0)))
    os._exit(0)


class Part(BaseHTTPRequestHandler):
    def do_GET(self):
        if Path(f"{os.environ['HOSTNAME']}.{me}.sick").exists():
            return self.send_error(503)
        if self.path.startswith("/through"):
            words = urlopen(os.environ["MATE_URL"]).read()
        else:
            names = {"I": me, "pod": os.environ["HOSTNAME"], "begun": (shared / "begun").read_text().split()}
            words = json.dumps(names).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_):
        pass


signal.signal(signal.SIGTERM, leave)
if "PORT" in os.environ:
    ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Part).serve_forever()
while True:
    time.sleep(0.05)
"""
PREPARE = """
import os, sys
from pathlib import Path

begun = Path(os.environ["SHARED"], "begun")
with begun.open("a") as words:
    print("prepare", file=words)
sys.exit(begun.read_text().count("prepare") < 2)
"""
POD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      terminationGracePeriodSeconds: 20
      initContainers:
        - <<: &part
            image: capsize-shop
            command: [python, part.py]
            volumeMounts: [{name: code, mountPath: /code}, {name: shared, mountPath: /shared}]
          name: proxy
          restartPolicy: Always
          startupProbe: {httpGet: {path: /, port: 9000}, periodSeconds: 1, failureThreshold: 100}
          env: &proxy
            - {name: I, value: proxy}
            - {name: PORT, value: "9000"}
            - {name: MATE_URL, value: "http://localhost:8000/"}
            - {name: SHARED, value: /shared}
        - <<: *part
          name: prepare
          command: [python, prepare.py]
          env: [{name: SHARED, value: /shared}]
        - <<: *part
          name: agent
          restartPolicy: Always
          env: [{name: I, value: agent}, {name: SHARED, value: /shared}, {name: LINGERS, value: "0.3"}]
      containers:
        - <<: *part
          name: shop
          env:
            - {name: I, value: shop}
            - {name: PORT, value: "8000"}
            - {name: MATE_URL, value: "http://127.0.0.1:9000/"}
            - {name: SHARED, value: /shared}
            - {name: LINGERS, value: "0.3"}
          readinessProbe: &ready {httpGet: {path: /, port: 8000}, periodSeconds: 1, failureThreshold: 1}
        - <<: *part
          name: metrics
          env: [{name: I, value: metrics}, {name: PORT, value: "9090"}, {name: SHARED, value: /shared}]
          readinessProbe: {httpGet: {path: /, port: 9090}, periodSeconds: 1, failureThreshold: 1}
      volumes:
        - {name: code, configMap: {name: code}}
        - {name: shared, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  type: NodePort
  selector: {app: shop}
  ports: [{name: http, port: 80, targetPort: 8000}, {name: proxy, port: 90, targetPort: 9000}]
"""
BALANCER = """
---
apiVersion: v1
kind: Service
metadata:
  name: balancer
  annotations:
    alb.ingress.kubernetes.io/healthcheck-interval-seconds: "5"
    alb.ingress.kubernetes.io/healthcheck-timeout-seconds: "4"
    alb.ingress.kubernetes.io/target-group-attributes: deregistration_delay.timeout_seconds=12
spec: {type: LoadBalancer, selector: {app: shop}, ports: [{port: 80, targetPort: 8000}]}
"""
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: report}
spec:
  template:
    spec:
      restartPolicy: OnFailure
      initContainers:
        - name: agent
          image: capsize-shop
          command: [python, part.py]
          restartPolicy: Always
          volumeMounts: [{name: code, mountPath: /code}, {name: shared, mountPath: /shared}]
          env: [{name: I, value: agent}, {name: SHARED, value: /shared}]
      containers:
        - name: report
          image: capsize-shop
          command: [python, report.py]
          volumeMounts: [{name: code, mountPath: /code}]
      volumes: [{name: code, configMap: {name: code}}, {name: shared, emptyDir: {}}]
"""
WAITING = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      initContainers:
        - name: prepare
          image: capsize-shop
          command: [python, never.py]
          volumeMounts: [{name: code, mountPath: /code}]
      containers:
        - {name: shop, image: capsize-shop, command: [python, part.py]}
      volumes: [{name: code, configMap: {name: code}}]
"""
MEMBERS = ("shop", "shop-proxy", "shop-prepare", "shop-agent", "shop-metrics")


@pytest.fixture
def start(tmp_path: Path, run_dir: Path):
    """Start a manifest five times as fast as it says."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "part.py").write_text(PART)
    (tmp_path / "code" / "prepare.py").write_text(PREPARE)
    (tmp_path / "code" / "never.py").write_text("raise SystemExit('no database')\n")
    (tmp_path / "code" / "report.py").write_text("print('written')\n")

    def begin(text: str = POD, **own: float) -> RunningStack:
        (tmp_path / "kubernetes.yaml").write_text(text)
        stack = read(tmp_path / "kubernetes.yaml", {"CODE": str(tmp_path / "code")}, time_scale=0.2)
        return running.start(stack, endpoint_lag=0.1, **own)

    return begin


@pytest.fixture
def up(start) -> Iterator[RunningStack]:
    """Two pods of five containers, ready."""
    with start() as stack:
        yield stack


def ask(stack: RunningStack, path: str = "/", at: str = "shop") -> dict:
    return httpx.get(f"{stack.url(at)}{path}", timeout=5, trust_env=False).json()


def happened(stack: RunningStack) -> list[tuple[str, str]]:
    """List what the timeline tells, as (who, what), in order."""
    return [(event.who, event.what) for event in list(stack.timeline.events)]


def names(stack: RunningStack) -> list[str]:
    return sorted(instance.name for instance in stack.instances)


def of_pod(*numbers: int) -> list[str]:
    return sorted(f"{name}-{number}" for number in numbers for name in MEMBERS)


# the source, what comes first, what comes after it
STARTS = {
    "SIDE: the next container starts after the startupProbe of a sidecar has succeeded": (
        ("shop-proxy-1", "ready"),
        ("shop-prepare-1", "crashed"),
    ),
    "INIT: a container that fails is retried": (("shop-prepare-1", "crashed"), ("shop-prepare-1", "completed")),
    "INIT: each must exit successfully before the next starts": (
        ("shop-prepare-1", "completed"),
        ("shop-agent-1", "started"),
    ),
    "SIDE: a sidecar has started before the main containers start": (
        ("shop-agent-1", "started"),
        ("shop-1", "started"),
    ),
    "INIT: all init containers come before all main ones": (("shop-agent-1", "started"), ("shop-metrics-1", "started")),
}
ENDS = {
    "LIFE: TERM is held back from sidecars until the last main container has terminated": (
        ("shop-2", "ended"),
        ("shop-agent-2", "sent"),
    ),
    "LIFE: all main containers are told at once": (("shop-2", "asked to stop"), ("shop-metrics-2", "ended")),
    "LIFE: sidecars are terminated in the reverse order": (("shop-agent-2", "ended"), ("shop-proxy-2", "sent")),
}


def test_a_pod_starts_and_ends_in_order(up: RunningStack):
    """STARTS and ENDS, by the timeline, and nothing of a deleted pod is left, its emptyDir included."""
    up.service("shop").scale(1)
    order = happened(up)
    wrong = [rule for rule, (first, then) in {**STARTS, **ENDS}.items() if order.index(first) > order.index(then)]
    assert wrong == []
    assert names(up) == of_pod(1)
    assert [path.name for path in up.folder.glob("pod-*")] == ["pod-shop-1"]


def test_a_pod_is_ready_when_all_its_containers_are(up: RunningStack, tmp_path: Path):
    """LIFE: a pod whose containers are not all ready is no endpoint, whichever of them is asked for."""
    sick = tmp_path / "code" / "shop-1.metrics.sick"
    sick.write_text("")
    only = [up.instance("shop-2").port], [up.instance("shop-proxy-2").port]
    wires = up.supervisor.view.wires.targets
    assert eventually(lambda: (list(wires["shop"]), list(wires["shop-proxy"])) == only, PATIENT)
    assert up.instance("shop-1").ready
    sick.unlink()
    assert eventually(lambda: len(wires["shop"]) == len(wires["shop-proxy"]) == 2, PATIENT)


@pytest.mark.parametrize("name", ["shop", "shop-proxy", "shop-metrics"])
def test_a_container_restarts_alone(up: RunningStack, name: str):
    """SIDE: a container is restarted without affecting the others, and no init container runs again."""
    pids = {instance.name: instance.pid for instance in up.instances}
    dead = f"{name}-1"
    up.instance(dead).kill()
    assert eventually(lambda: up.instance(dead).pid not in (None, pids[dead]) and up.instance(dead).ready, PATIENT)
    assert {one.name: one.pid for one in up.instances if one.name != dead} == {
        n: p for n, p in pids.items() if n != dead
    }
    assert up.instance("shop-prepare-1").shown == "Completed"
    assert told(up, "shop-prepare-1").count("completed") == 1


def test_a_roll_out_replaces_whole_pods(up: RunningStack):
    """LIFE: a pod is replaced, not repaired: all its containers are new, and the old ones are gone."""
    up.service("shop").roll()
    assert names(up) == of_pod(3, 4)
    assert {ask(up)["pod"] for _ in range(4)} == {"shop-3", "shop-4"}
    assert sorted(path.name for path in up.folder.glob("pod-*")) == ["pod-shop-3", "pod-shop-4"]
    assert {ask(up, "/through", at="shop-proxy")["pod"] for _ in range(4)} == {"shop-3", "shop-4"}


def test_a_container_is_neither_scaled_nor_rolled_alone(up: RunningStack):
    """A pod's number is its Deployment's, and the message says whose."""
    for act in (lambda: up.service("shop-agent").scale(3), lambda: up.service("shop-agent").roll()):
        with pytest.raises(CapsizeError, match="container in the pods of shop"):
            act()


def test_who_uses_up_the_grace_period_leaves_sidecars_a_short_one(start):
    """LIFE: when it is over, the remaining containers are terminated simultaneously, with a short grace period."""
    stubborn = POD.replace(
        '{name: LINGERS, value: "0.3"}\n          readinessProbe',
        '{name: LINGERS, value: "99"}\n          readinessProbe',
    )
    with start(stubborn.replace("terminationGracePeriodSeconds: 20", "terminationGracePeriodSeconds: 5")) as stack:
        stack.service("shop").scale(1)
        order = happened(stack)
        assert ("shop-2", "killed") in order
        assert order.index(("shop-proxy-2", "sent")) < order.index(("shop-agent-2", "ended"))
        assert ("shop-agent-2", "killed") not in order


def test_an_init_container_that_never_succeeds_keeps_the_pod_from_starting(start):
    """INIT: it is retried with a back-off, the main containers do not start, and the error tells its last words."""
    with pytest.raises(CapsizeError) as raised:
        start(WAITING, patience=2)
    assert "shop-prepare-1 has kept shop-1 from starting" in str(raised.value)
    assert "no database" in str(raised.value)


def test_a_job_is_done_whatever_its_sidecar_does(start):
    """SIDE: a sidecar does not keep a Job from completing, and is ended after the main container."""
    with start(JOB) as stack:
        assert eventually(lambda: ("report-agent-1", "ended") in happened(stack), PATIENT)
        order = happened(stack)
        assert order.index(("report-agent-1", "started")) < order.index(("report-1", "started"))
        assert order.index(("report-1", "completed")) < order.index(("report-agent-1", "asked to stop"))


def test_nothing_is_left_of_pods(start, run_dir: Path):
    """After down no process, port or folder of a pod is left; its sidecars end after its main containers then too."""
    stack = start()
    stack.down()
    order = happened(stack)
    assert order.index(("shop-1", "ended")) < order.index(("shop-agent-1", "sent"))
    assert leftovers(run_dir) == []


def test_a_changed_sidecar_rolls_its_whole_pods_out_and_back(start, tmp_path: Path):
    """LIFE: a template is all its containers: another word in a sidecar is another revision, and undo takes it back."""
    stack = start(POD.replace("replicas: 2", "replicas: 1"))
    with stack:
        (tmp_path / "kubernetes.yaml").write_text(
            POD.replace("replicas: 2", "replicas: 1").replace("{name: I, value: proxy}", "{name: I, value: other}")
        )
        stack.apply(read(tmp_path / "kubernetes.yaml", {"CODE": str(tmp_path / "code")}, time_scale=0.2))
        assert (names(stack), ask(stack, at="shop-proxy")["I"]) == (of_pod(2), "other")
        stack.service("shop").undo()
        assert (names(stack), ask(stack, at="shop-proxy")["I"]) == (of_pod(3), "proxy")


def test_a_probe_asks_the_pod_at_its_port(start, tmp_path: Path):
    """LIFE: the kubelet asks the pod's address, so a probe may ask at a port that another container listens on."""
    elsewhere = POD.replace("&ready {httpGet: {path: /, port: 8000}", "&ready {httpGet: {path: /, port: 9000}")
    with start(elsewhere.replace("replicas: 2", "replicas: 1")) as stack:
        (tmp_path / "code" / "shop-1.proxy.sick").write_text("")
        assert eventually(lambda: not stack.instance("shop-1").ready, PATIENT)
        assert stack.instance("shop-proxy-1").ready


def test_a_sidecars_hook_does_not_wait_for_its_turn(start):
    """The kubelet runs every preStop hook at once, and then holds a sidecar's signal back until it is its turn."""
    hooked = POD.replace(
        "          name: agent\n", "          name: agent\n          lifecycle: {preStop: {sleep: {seconds: 0}}}\n"
    )
    with start(hooked) as stack:
        stack.service("shop").scale(1)
        order = happened(stack)
        assert order.index(("shop-agent-2", "runs its preStop hook")) < order.index(("shop-2", "ended"))
        assert order.index(("shop-2", "ended")) < order.index(("shop-agent-2", "sent"))


def test_a_pod_that_is_deleted_while_it_starts_leaves_nothing(start, run_dir: Path):
    """LIFE: a pod may be deleted at any moment of its start; what of it runs ends, and the rest never starts."""
    with start(POD.replace("replicas: 2", "replicas: 1")) as stack:
        stack.call(_grow_and_shrink, stack.supervisor)
        assert eventually(lambda: names(stack) == of_pod(1), PATIENT)
        assert eventually(lambda: [path.name for path in stack.folder.glob("pod-*")] == ["pod-shop-1"], PATIENT)
        supervisor = stack.supervisor

        def only_its_own() -> bool:
            wanted = {supervisor.view.wires.envoy.child.pid}
            wanted |= {one.pid for one in supervisor.view.all_instances if one.pid}
            return {one.pid for one in supervisor.host.home.children.values()} == wanted

        assert eventually(only_its_own, PATIENT)


async def _grow_and_shrink(supervisor) -> None:
    """Add ten pods, and delete each a moment after its first container has been asked for."""
    for number in range(10):
        instance = supervisor.add(supervisor.view.services["shop"])
        await anyio.sleep(0.002 * number)
        supervisor.delete(instance, "by the test")


def test_sidecars_wait_while_a_balancer_drains_their_pod(start):
    """A deregistration delay longer than the grace period comes before it, for all of a pod: nobody is cut short."""
    balanced = POD.replace("terminationGracePeriodSeconds: 20", "terminationGracePeriodSeconds: 5") + BALANCER
    with start(balanced) as stack:
        stack.service("shop").scale(1)
        order = happened(stack)
        assert order.index(("shop-2", "ended")) < order.index(("shop-agent-2", "sent"))
        assert not {("shop-agent-2", "killed"), ("shop-2", "killed")} & set(order)
