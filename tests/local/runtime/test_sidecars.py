"""Sidecars of a Compose file: one localhost, shared folders, and lives of their own."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from plain_stacks import AGENT, CALLS, SECRET, SERVE, eventually, leftovers

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.compose import read

APP = f"""{CALLS}


@app.get("/")
async def me():
    return {{"I": os.environ["I"], "host": os.environ["HOSTNAME"], "pid": os.getpid()}}


{SECRET}"""
COMPOSE = """
services:
  app:
    build: .
    command: python -m serve app:app
    environment:
      I: app
      PORT: "8000"
      PROXY_URL: http://localhost:9000/
      SECRETS: /secrets
    ports: ["8000", "9000"]
    volumes: ["./code:/code", "secrets:/secrets"]
    depends_on: [back]
  proxy:
    build: .
    command: python -m serve app:app
    network_mode: "service:app"
    environment:
      I: proxy
      PORT: "9000"
      APP_URL: http://127.0.0.1:8000
      BACK_URL: http://back:8000
    volumes: ["./code:/code"]
    restart: always
  agent:
    build: .
    command: python agent.py
    network_mode: "service:app"
    environment: {SECRETS: /secrets}
    volumes: ["./code:/code", "secrets:/secrets"]
  back:
    build: .
    command: python -m serve app:app
    environment: {PORT: "8000", I: back}
    volumes: ["./code:/code"]
  caller:
    build: .
    command: python -m serve app:app
    environment: {PORT: "8000", I: caller, PROXY_URL: http://app:9000}
    ports: ["8000"]
    volumes: ["./code:/code"]
    depends_on: [proxy]
volumes:
  secrets: {driver_opts: {type: tmpfs, device: tmpfs}}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an app with a proxy and an agent in its pod, and two services beside it."""
    folder = tmp_path_factory.mktemp("sidecars")
    (folder / "code").mkdir()
    for name, text in (("app.py", APP), ("agent.py", AGENT), ("serve.py", SERVE)):
        (folder / "code" / name).write_text(text)
    (folder / "compose.yaml").write_text(COMPOSE)
    return folder / "compose.yaml"


@pytest.fixture(scope="module")
def shared(file: Path, run_dir_of_all: Path) -> Iterator[RunningStack]:
    """The stack, running for all tests here: each leaves it as it found it."""
    with running.start(read(file), endpoint_lag=0.1) as stack:
        yield stack


def ask(stack: RunningStack, path: str = "/", at: str = "app") -> dict:
    return httpx.get(f"{stack.url(at)}{path}", timeout=5, trust_env=False).json()


def answers(claim: Callable[[], object], expected: object) -> bool:
    def asked() -> bool:
        try:
            return claim() == expected
        except (httpx.HTTPError, ValueError):
            return False

    return eventually(asked)


def test_the_name_of_the_owner_leads_to_who_listens_in_its_pod(shared: RunningStack):
    """A port of the owner that its sidecar listens on is the sidecar's, for services and for the outside."""
    before = shared.edge("caller", "proxy").stats().requests
    assert ask(shared, "/through/PROXY_URL", at="caller")["I"] == "proxy"
    assert ask(shared, at="proxy")["I"] == "proxy"
    assert eventually(lambda: shared.edge("caller", "proxy").stats().requests == before + 1)


def test_a_sidecar_calls_others_by_wires_of_its_own(shared: RunningStack):
    """What a sidecar calls has the sidecar for its caller, and a cut of that wire hits nobody else."""
    before = shared.edge("proxy", "back").stats().requests
    assert ask(shared, "/through/BACK_URL", at="proxy")["I"] == "back"
    assert eventually(lambda: shared.edge("proxy", "back").stats().requests == before + 1)


def test_a_sidecar_starts_after_its_owner_and_an_agent_needs_no_port(shared: RunningStack):
    """The owner's process is there first; who listens to nobody is ready as long as it runs."""
    began = [event.who for event in shared.timeline.events if event.what == "ready"]
    assert shared.instance("agent-1").ready
    assert "agent-1" in began
    assert all(shared.instance("app-1").pid < shared.instance(name).pid for name in ("proxy-1", "agent-1"))


def test_a_volume_in_memory_is_shared_and_closed(shared: RunningStack):
    """A file that the agent writes is read by the app, and nobody else may enter the folder."""
    assert answers(lambda: ask(shared, "/secret"), {"secret": "of the agent"})
    folder = shared.folder / "volume-secrets"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "token")] == [0o700, 0o600]
    told = [event.why for event in shared.timeline.events if event.what == "tmpfs volumes are on disk here"]
    assert told == ["secrets"]


def test_the_board_hears_who_shares_a_network(shared: RunningStack):
    """A service of a snapshot names the owner of its pod, itself where it has no sidecars."""
    pods = {service["name"]: service["pod"] for service in shared.snapshot()["services"][1:]}
    assert pods == {"app": "app", "proxy": "app", "agent": "app", "back": "back", "caller": "caller"}


def test_the_board_hears_a_remark(shared: RunningStack):
    """What is remarked about an edge is in the snapshot of that edge, and of no other."""
    shared.remarks["proxy>back"] = "mTLS: proxy calls back"
    told = {edge["name"]: edge["remark"] for edge in shared.snapshot()["edges"] if edge["remark"]}
    assert told == {"proxy>back": "mTLS: proxy calls back"}


def test_a_pod_is_not_scaled(shared: RunningStack):
    """What the file may not say, the running stack may not become."""
    with pytest.raises(CapsizeError, match="shares its network"):
        shared.service("app").scale(2)


def test_nothing_is_left_of_a_pod(file: Path, run_dir: Path):
    """After down no process, port or folder of a pod is left, the volume in memory included."""
    running.start(read(file)).down()
    assert leftovers(run_dir) == []
