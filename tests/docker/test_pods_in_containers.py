"""What both runtimes promise of Kubernetes' pods of several containers: each for itself, in its file's order."""

from __future__ import annotations

import httpx
from contained_stacks import told
from plain_stacks import eventually

from capsize.session.running import RunningStack

PATIENT = 40.0  # seconds in which an instance comes back, on a machine that is busy


def ask(stack: RunningStack, path: str = "/", at: str = "shop") -> dict:
    return httpx.get(f"{stack.url(at)}{path}", timeout=10, trust_env=False).json()


def test_each_pod_has_its_own_localhost_and_its_own_empty_dir(pods: RunningStack):
    """A sidecar finds the shop of its own pod on localhost, and in their volume those alone who are in it, in order."""
    for at in ("shop", "shop-proxy"):
        assert {ask(pods, at=at)["pod"] for _ in range(4)} == {"shop-1", "shop-2"}
    mates = [ask(pods, "/through/MATE_URL", at="shop-proxy") for _ in range(4)]
    assert {(mate["I"], mate["pod"]) for mate in mates} == {("shop", "shop-1"), ("shop", "shop-2")}
    assert {tuple(mate["begun"]) for mate in mates} == {("prepare", "proxy", "shop")}


def test_a_container_that_was_killed_is_back_in_its_pod(pods: RunningStack):
    """It is started again beside its mates, which it finds where they were, as they find it."""
    one = pods.instance("shop-proxy-1")
    restarts = one.restarts
    one.kill()
    assert eventually(lambda: one.restarts == restarts + 1 and one.ready, PATIENT)
    pair = {"shop-1", "shop-2"}
    assert eventually(lambda: {ask(pods, "/through/MATE_URL")["pod"] for _ in range(4)} == pair, PATIENT)


def test_a_pod_goes_as_a_whole(pods: RunningStack):
    """Scaled down, a pod's sidecar ends after its shop, and a new pod has new volumes."""
    pods.service("shop").scale(1)
    gone = next(name for name in ("shop-1", "shop-2") if not any(one.name == name for one in pods.instances))
    sidecar = gone.replace("shop", "shop-proxy")
    order = [(event.who, event.what) for event in pods.timeline.events]
    assert order.index((gone, "ended")) < order.index((sidecar, "sent"))
    assert "ended" in told(pods, sidecar, 0)
    pods.service("shop").scale(2)
    assert [path.name for path in sorted(pods.folder.glob("pod-*"))] == sorted(
        f"pod-{one.name}" for one in pods.instances if one.service == "shop"
    )
    assert {tuple(ask(pods)["begun"]) for _ in range(4)} >= {("prepare", "proxy", "shop")}
