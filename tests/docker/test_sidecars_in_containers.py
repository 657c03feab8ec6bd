"""What both runtimes promise of pods: one localhost, shared folders, and for each of them a life of its own."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from plain_stacks import eventually

import docker
from capsize.runtime.host.docker import cleanup as leftovers
from capsize.session.running import RunningStack

PATIENT = 40.0  # seconds in which an instance comes back, on a machine that is busy


def ask(stack: RunningStack, path: str = "/", at: str = "app") -> dict:
    return httpx.get(f"{stack.url(at)}{path}", timeout=10, trust_env=False).json()


def answers(claim: Callable[[], object], expected: object) -> bool:
    def asked() -> bool:
        try:
            return claim() == expected
        except (httpx.HTTPError, ValueError):
            return False

    return eventually(asked, PATIENT)


def test_a_pod_has_one_localhost(pod: RunningStack):
    """An app and its sidecars reach each other by localhost or by the owner's name, with one HOSTNAME and no wire."""
    assert ask(pod, "/through/PROXY_URL")["I"] == "proxy"
    assert ask(pod, "/through/APP_URL", at="proxy")["I"] == "app"
    assert [ask(pod, at=name)["pod"] for name in ("app", "proxy")] == ["app-1"] * 2
    assert {edge.name for edge in pod.edges} == {"outside>app", "outside>proxy", "outside>envoy", "proxy>back"}


def test_a_sidecar_has_wires_of_its_own(pod: RunningStack):
    """A cut of what a sidecar calls hits the sidecar's calls, and nobody else's."""
    with pod.edge("proxy", "back").cut():
        assert httpx.get(f"{pod.url('proxy')}/through/BACK_URL", timeout=10).status_code == 500
        assert ask(pod, "/through/APP_URL", at="proxy")["I"] == "app"
    assert answers(lambda: ask(pod, "/through/BACK_URL", at="proxy")["I"], "back")


def test_an_envoy_is_a_sidecar_like_others(pod: RunningStack):
    """It hands what comes from outside, and what its pod gives it, to the app beside it."""
    assert ask(pod, at="envoy")["I"] == "app"
    assert ask(pod, "/through/ENVOY_URL", at="proxy")["I"] == "app"
    assert pod.service("envoy").administer("/ready").strip() == "LIVE"


def test_a_volume_is_shared(pod: RunningStack):
    """What an agent without a port writes, the app reads."""
    assert pod.instance("agent-1").ready
    assert answers(lambda: ask(pod, "/secret"), {"secret": "of the agent"})


@pytest.mark.parametrize(("dead", "alive"), [("app", "proxy"), ("proxy", "app")])
def test_each_of_a_pod_dies_alone_and_keeps_its_address(pod: RunningStack, dead: str, alive: str):
    """A kill takes one of the two; started again it is where its mate looks for it."""
    before, one = ask(pod, at=alive), pod.instance(f"{dead}-1")
    restarts = one.restarts
    one.kill()
    assert ask(pod, at=alive) == before
    assert eventually(lambda: one.restarts == restarts + 1 and one.ready, PATIENT)
    path = {"app": "/through/APP_URL", "proxy": "/through/PROXY_URL"}[dead]
    assert answers(lambda: ask(pod, path, at=alive)["I"], dead)
    assert ask(pod, at=alive) == before
    assert answers(lambda: ask(pod, at=dead)["I"], dead)  # from outside a moment later: endpoints follow readiness


def test_a_paused_owner_leaves_its_sidecar_at_work(pod: RunningStack):
    """Who freezes the owner freezes the owner alone."""
    with pod.instance("app-1").pause():
        assert ask(pod, "/through/BACK_URL", at="proxy")["I"] == "back"
    assert answers(lambda: ask(pod)["I"], "app")


def test_the_containers_of_a_pod_share_its_network(engine: docker.DockerClient, podded: RunningStack):
    """All are in the network of the container that holds the address, which alone is published, for this machine."""
    label = f"{leftovers.STACK}={podded.folder.name}"
    found = {
        one.name.removeprefix(f"{podded.folder.name}-"): one for one in engine.containers.list(filters={"label": label})
    }
    holder = found["app-1-pod"]
    modes = {found[f"app-1-{name}"].attrs["HostConfig"]["NetworkMode"] for name in ("app", "proxy", "agent", "envoy")}
    assert modes == {f"container:{holder.id}"}
    bound = {one["HostIp"] for ports in holder.attrs["NetworkSettings"]["Ports"].values() for one in ports}
    assert bound == {"127.0.0.1"}
    kind = found["app-1-app"].exec_run(["stat", "-f", "-c", "%T", "/secrets"]).output.decode().strip()
    told = [event.why for event in podded.timeline.events if event.what == "tmpfs volumes are on disk here"]
    assert (kind == "tmpfs") == (told == [])
