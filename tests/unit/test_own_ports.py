"""The ports of its own container in a probe's command: found, moved to where the instance is, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.stack import compose, kubernetes
from capsize.stack.own_ports import moved, named
from capsize.stack.refusal import StackFileError

FORMS = {
    ("curl", "-f", "http://localhost:8000/ready"): [8000],
    ("/bin/sh", "-c", "curl -sf 127.0.0.1:8000 || exit 1"): [8000],
    ("python", "-c", "urlopen('http://localhost:8000/')"): [8000],
    ("python", "-c", "socket.create_connection(('127.0.0.1', 8000))"): [8000],
    ("nc", "-z", "localhost", "8000"): [8000],
    ("pg_isready", "-U", "postgres", "-p", "5432"): [5432],
    ("pg_isready", "-h", "127.0.0.1", "-p5432"): [5432],
    ("redis-cli", "--port=6379", "ping"): [6379],
    ("wget", "-q", "http://[::1]:8000/", "http://0.0.0.0:8000/"): [8000, 8000],
    ("curl", "http://localhost/", "https://127.0.0.1"): [80, 443],
    ("pg_isready", "-h", "db", "-p", "5432"): [],
    ("curl", "http://db:8000/", "--max-time", "8000"): [],
    ("test", "-f", "/tmp/8000", "localhost.example:8000"): [],
}
COMPOSE = """services:
  web:
    build: .
    command: ["python", "app.py"]
    environment: {PORT: "8000"}
    healthcheck: {test: %s, interval: 1s}
"""
MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: capsize-shop
          command: [python, app.py]
          env: [{name: PORT, value: "8000"}]
          ports: [{containerPort: 8000}, {containerPort: 9100}]
          %s
"""
EXEC = "exec: {command: [curl, 'localhost:%d']}"
STRANGE = {
    "readinessProbe: {httpGet: {port: 80}}": "readinessProbe.httpGet.port",
    "livenessProbe: {tcpSocket: {port: 8001}}": "livenessProbe.tcpSocket.port",
    f"startupProbe: {{{EXEC % 80}}}": "startupProbe.exec.command",
    f"lifecycle: {{preStop: {{{EXEC % 9000}}}}}": "lifecycle.preStop.exec.command",
}


@pytest.mark.parametrize("command", FORMS, ids=" ".join)
def test_a_port_is_found_however_it_is_written(command: tuple[str, ...]):
    """URLs, hosts and ports in a row, and options name a port; other hosts and other numbers do not."""
    assert sorted(named(command)) == sorted(FORMS[command])


def test_a_port_is_moved_where_it_stands():
    """Only the port changes, and only one of the container's own; a URL without one gets one."""
    command = ("sh", "-c", "curl localhost:8000/8000 http://localhost/x http://localhost:9 && nc 127.0.0.1 8000")
    expected = "curl localhost:41000/8000 http://localhost:42000/x http://localhost:9 && nc 127.0.0.1 41000"
    assert moved(command, {8000: 41000, 80: 42000}.get) == ("sh", "-c", expected)


@pytest.mark.parametrize("test", ['["CMD", "curl", "localhost:8001"]', "nc -z 127.0.0.1 80"])
def test_a_healthcheck_of_another_port_is_refused(test: str, tmp_path: Path):
    """A healthcheck that asks a port at which its service does not listen is refused at its line."""
    (tmp_path / "compose.yaml").write_text(COMPOSE % test)
    with pytest.raises(StackFileError, match=r"where web does not listen\n *expected: port 8000") as refused:
        compose.read(tmp_path / "compose.yaml")
    assert (refused.value.place.line, refused.value.key) == (6, "services.web.healthcheck.test")


@pytest.mark.parametrize("probe", STRANGE)
def test_a_probe_of_another_port_is_refused(probe: str, tmp_path: Path):
    """A probe or a hook that asks a port at which nothing of the pod listens is refused at its line."""
    (tmp_path / "kubernetes.yaml").write_text(MANIFEST % probe)
    with pytest.raises(StackFileError, match=r"nothing of this pod listens there\n *expected: port 8000 or 9100") as no:
        kubernetes.read(tmp_path / "kubernetes.yaml")
    assert (no.value.place.line, no.value.key.endswith(STRANGE[probe])) == (15, True)


@pytest.mark.parametrize("port", ["8000/tcp", "0", "65536", "http"])
def test_a_port_that_is_no_number_is_refused_at_reading(port: str, tmp_path: Path):
    """Both readers refuse a PORT that no process can listen at, and name the variable."""
    (tmp_path / "compose.yaml").write_text(COMPOSE.replace('"8000"', f'"{port}"') % "[NONE]")
    (tmp_path / "kubernetes.yaml").write_text(MANIFEST.replace('"8000"', f'"{port}"') % "imagePullPolicy: Never")
    for read, name in ((compose.read, "compose"), (kubernetes.read, "kubernetes")):
        with pytest.raises(StackFileError, match="PORT is not a port"):
            read(tmp_path / f"{name}.yaml")
