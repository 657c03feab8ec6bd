"""Commands of healthchecks, probes and hooks ask the instance that they are beside, by the port that its file says."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes_stacks import deployment, told
from plain_stacks import Describe, get

from capsize.session import running
from capsize.stack.model import Hook, Port, Probe

ASKS = "import urllib.request; urllib.request.urlopen('http://localhost:%d/')"


@pytest.fixture
def squatter() -> Iterator[tuple[int, list[str]]]:
    """Somebody else of this machine who listens at a port, and notes who asks there."""
    asked: list[str] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


def test_a_healthcheck_by_python_c_asks_its_own_instance(
    describe: Describe, run_dir: Path, squatter: tuple[int, list[str]]
):
    """The commonest healthcheck of public files asks the instance, not whoever has that port on this machine."""
    port, asked = squatter
    test = Probe("exec", command=("python", "-c", ASKS % port), period=0.1, timeout=5)
    front = {"environment": {"PORT": str(port)}, "readiness": test, "ports": (Port(port),)}
    with running.start(describe(front=front)) as stack:
        assert get(stack).json() == {"I": "front-1"}
        assert asked == []


def test_probes_and_hooks_of_a_pod_ask_their_own_port(
    describe: Describe, run_dir: Path, squatter: tuple[int, list[str]]
):
    """An exec probe and a preStop hook by the manifest's port reach their own container."""
    port, asked = squatter
    ask = ("python", "-c", ASKS % port)
    ready, hook = Probe("exec", command=ask, period=0.1, timeout=5, failure_threshold=100), Hook("exec", command=ask)
    front = deployment(environment={"PORT": str(port)}, readiness=ready, liveness=ready, pre_stop=hook)
    with running.start(describe(front={**front, "ports": (Port(port),)})) as stack:
        assert get(stack).json() == {"I": "front-1"}
        stack.service("front").scale(2)
        stack.service("front").scale(1)
        assert "preStop hook failed" not in told(stack, "front-1") + told(stack, "front-2")
    assert asked == []
