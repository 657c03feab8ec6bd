"""Pods of a Compose file: who is in one, whom an address means, and what Docker could not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.runtime.environment import Environment
from capsize.stack.compose import StackFileError, read
from capsize.stack.model import Stack

POD = """
services:
  app:
    build: .
    command: serve
    ports: ["8000", "9000"]
    environment: {PORT: "8000", PROXY_URL: http://localhost:9000}
  proxy:
    build: .
    command: serve
    network_mode: "service:app"
    environment: {PORT: "9000", APP_URL: http://127.0.0.1:8000, BACK_URL: http://back:8000, CACHE_URL: redis://app}
  agent:
    build: .
    command: tail
    network_mode: "service:app"
    volumes: ["secrets:/secrets"]
  cache:
    image: valkey/valkey:9
    network_mode: "service:app"
  back:
    build: .
    command: serve
    environment: {PORT: "8000", PROXY_URL: http://app:9000, APP_URL: http://app:8000}
volumes:
  secrets: {driver: local, driver_opts: {type: tmpfs, device: tmpfs, o: "size=1m,mode=0700"}}
"""


def described(folder: Path, text: str = POD) -> Stack:
    (folder / "compose.yaml").write_text(text)
    return read(folder / "compose.yaml")


def test_a_pod_is_an_owner_and_its_sidecars(tmp_path):
    """Whoever of them is asked for, the owner is first; a service without sidecars is a pod alone."""
    stack = described(tmp_path)
    assert {stack.pod(name) for name in ("app", "proxy", "agent", "cache")} == {("app", "proxy", "agent", "cache")}
    assert stack.pod("back") == ("back",)
    assert stack.only("proxy", "back").pod("proxy") == ("proxy",)


def test_wires_lead_out_of_a_pod_and_into_it_but_not_through_it(tmp_path):
    """Inside there is no wire; from elsewhere an address of the owner means who listens at its port."""
    names = [edge.name for edge in described(tmp_path).edges]
    assert names == ["outside>app", "outside>proxy", "proxy>back", "back>proxy", "back>app"]


def test_what_a_pod_may_reach_is_behind_each_of_it(tmp_path):
    """A request to the owner may go on through its sidecar."""
    assert described(tmp_path).behind("app") == {"app", "proxy", "agent", "cache", "back"}


def test_who_has_no_port_in_a_pod_is_a_worker(tmp_path):
    """Neither who says a PORT is one, nor an image that has its own, nor a service without a pod."""
    stack = described(tmp_path)
    assert [name for name in stack.services if stack.is_worker(name)] == ["agent"]
    env = Environment(stack, {}, {"secrets": tmp_path}).environment(stack.services["agent"], "agent-1", 1, tmp_path)
    assert not {"PORT", "HOST"} & env.keys()


@pytest.mark.parametrize(
    ("who", "told", "seen"),
    [
        ("app", "http://localhost:9000/x", "http://127.0.0.1:40001/x"),
        ("app", "http://app:9000", "http://127.0.0.1:40001"),
        ("back", "http://localhost:9000", "http://localhost:9000"),
        ("app", "http://localhost:7000", "http://localhost:7000"),
    ],
)
def test_localhost_is_the_pods_own(tmp_path, who, told, seen):
    """An address in a pod is the mate's own port; what is no mate's stays as it is, and so does what others call."""
    stack = described(tmp_path)
    around = Environment(stack, {("app", "proxy", 9000): 40001}, {}, "app-1")
    assert around.rewrite(stack.services[who], told) == seen


def test_a_volume_may_be_in_memory(tmp_path):
    """Docker's own options for a tmpfs say so, and the volume is shared as others are."""
    (volume,) = described(tmp_path).services["agent"].volumes
    assert (volume.kind, volume.source, volume.in_memory) == ("shared", "secrets", True)


@pytest.mark.parametrize(
    ("before", "after", "key", "words"),
    [
        ("    ports: [", "    deploy: {replicas: 2}\n    ports: [", "app.deploy.replicas", "network with proxy, agent"),
        ("    command: tail", "    command: tail\n    deploy: {replicas: 2}", "agent.deploy.replicas", "expected: 1"),
        ('PORT: "9000"', 'PORT: "8000"', "proxy.environment", "app listens on port 8000 of the same network"),
        ('PORT: "9000"', 'PORT: "6379"', "cache.image", "proxy listens on port 6379"),
        ("tail\n    network_mode: \"service:app\"", "tail\n    network_mode: \"service:proxy\"",
         "agent.network_mode", 'proxy is a sidecar itself|"service:app"'),
        ("http://app:9000,", "http://proxy:9000,", "back.environment", "expected: app:9000|got: proxy:9000"),
        ("valkey/valkey:9", "envoyproxy/envoy:v1.40.0", "cache.image", 'PORT: "9000"'),
        ("device: tmpfs", "device: disk", "volumes.secrets.driver_opts.device", "tmpfs"),
        (", device: tmpfs", "", "volumes.secrets.driver_opts", "device is missing"),
        ("driver: local", "driver: nfs", "volumes.secrets.driver", "local"),
        ("size=1m,", "size=lots,", "volumes.secrets.driver_opts.o", "size=1m"),
    ],
)  # fmt: skip
def test_what_docker_could_not_run_is_refused(tmp_path, before, after, key, words):
    """A network of two replicas, a port twice, a sidecar's sidecar or its name: refused at the line of the file."""
    assert before in POD
    with pytest.raises(StackFileError) as raised:
        described(tmp_path, POD.replace(before, after, 1))
    assert key in str(raised.value).splitlines()[0]
    assert [word for word in words.split("|") if word not in str(raised.value)] == []
