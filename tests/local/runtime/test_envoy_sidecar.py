"""Envoy as a sidecar: a file of plain Envoy, whose addresses are those of the pod it lives in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from plain_stacks import APP, SERVE, eventually

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack import kubernetes
from capsize.stack.compose import read

COMPOSE = """
services:
  app:
    build: .
    command: python -m serve app:app
    environment: {PORT: "8000", BACK_URL: http://localhost:9001}
    ports: ["8000", "9000", "9901"]
    volumes: ["./code:/code"]
    depends_on: [back]
  envoy:
    image: envoyproxy/envoy:v1.40.0
    command: ["envoy", "-c", "/etc/envoy/envoy.yaml"]
    network_mode: "service:app"
    environment: {PORT: "9000", BACK_URL: http://back:8000}
    volumes: ["./envoy.yaml:/etc/envoy/envoy.yaml:ro"]
    restart: always
  back:
    build: .
    command: python -m serve app:app
    environment: {PORT: "8000"}
    volumes: ["./code:/code"]
"""
LISTENER = """
    - name: NAME
      address: {socket_address: {address: ADDRESS, port_value: PORT}}
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": TYPES.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: NAME
                route_config:
                  virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: NAME}}]}]
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: {"@type": TYPES.http.router.v3.Router}
""".replace("TYPES", "type.googleapis.com/envoy.extensions.filters")
CLUSTER = """
    - name: NAME
      type: STRICT_DNS
      load_assignment:
        cluster_name: NAME
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: ADDRESS, port_value: PORT}}}}]}]
"""


def fill(text: str, name: str, address: str, port: int) -> str:
    return text.replace("NAME", name).replace("ADDRESS", address).replace("PORT", str(port))


MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 2
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      initContainers:
        - name: envoy
          image: envoyproxy/envoy:v1.40.0
          restartPolicy: Always
          command: ["envoy", "-c", "/etc/envoy/envoy.yaml"]
          ports: [{containerPort: 9000}]
          env: [{name: BACK_URL, value: "http://back:8000"}]
          volumeMounts: [{name: envoy, mountPath: /etc/envoy}]
      containers:
        - name: app
          image: capsize-shop
          command: [python, -m, serve, "app:app"]
          env: [{name: PORT, value: "8000"}, {name: BACK_URL, value: "http://localhost:9001"}]
          volumeMounts: [{name: code, mountPath: /code}]
          readinessProbe: {tcpSocket: {port: 8000}, periodSeconds: 1}
      volumes: [{name: code, configMap: {name: code}}, {name: envoy, configMap: {name: envoy}}]
---
apiVersion: v1
kind: Service
metadata: {name: app}
spec: {type: NodePort, selector: {app: app}, ports: [{port: 80, targetPort: 9000}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: back}
spec:
  selector: {matchLabels: {app: back}}
  template:
    metadata: {labels: {app: back}}
    spec:
      containers:
        - name: back
          image: capsize-shop
          command: [python, -m, serve, "app:app"]
          env: [{name: PORT, value: "8000"}]
          volumeMounts: [{name: code, mountPath: /code}]
          readinessProbe: {tcpSocket: {port: 8000}, periodSeconds: 1}
      volumes: [{name: code, configMap: {name: code}}]
---
apiVersion: v1
kind: Service
metadata: {name: back}
spec: {selector: {app: back}, ports: [{port: 8000}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: envoy}
data:
  envoy.yaml: |
"""
CONFIG = f"""
admin: {{address: {{socket_address: {{address: 127.0.0.1, port_value: 9901}}}}}}
static_resources:
  listeners:{fill(LISTENER, "inbound", "0.0.0.0", 9000)}{fill(LISTENER, "outbound", "127.0.0.1", 9001)}
  clusters:{fill(CLUSTER, "inbound", "127.0.0.1", 8000)}{fill(CLUSTER, "outbound", "back", 8000)}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of an app whose traffic comes and goes through an Envoy beside it."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text(APP)
    (tmp_path / "code" / "serve.py").write_text(SERVE)
    (tmp_path / "envoy.yaml").write_text(CONFIG)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    return tmp_path / "compose.yaml"


@pytest.fixture
def up(file: Path, run_dir: Path) -> Iterator[RunningStack]:
    """The stack, running."""
    with running.start(read(file), endpoint_lag=0.1) as stack:
        yield stack


def served(stack: RunningStack, by: str = "envoy") -> bool:
    answer = httpx.get(stack.url(by), timeout=5, trust_env=False)
    return answer.status_code == 200 and answer.json() == {"I": "back-1"}


def test_an_envoy_carries_what_comes_and_what_goes(up: RunningStack):
    """A request comes through one listener and goes out through the other, which the app calls by localhost."""
    assert eventually(lambda: served(up))
    assert {edge.name for edge in up.edges} == {"outside>app", "outside>envoy", "envoy>back"}
    assert eventually(lambda: up.edge("envoy", "back").stats().requests >= 1)


def test_an_envoy_that_was_killed_is_back_where_its_pod_looks_for_it(up: RunningStack):
    """It comes back at the same ports, and its administration is its own all the time."""
    pid = up.instance("envoy-1").pid
    up.instance("envoy-1").kill()
    assert eventually(lambda: up.instance("envoy-1").pid not in (None, pid) and served(up))
    assert up.service("envoy").administer("/ready").strip() == "LIVE"


def test_a_sidecar_can_show_its_own_figures(file: Path, run_dir: Path):
    """A cluster at the file's port of the administration leads to it, wherever that is here."""
    to_figures = "routes: [{match: {path: /stats/prometheus}, route: {cluster: figures}}, {match: {prefix: /}, "
    text = CONFIG.replace("routes: [{match: {prefix: /}, ", to_figures)
    figures = fill(CLUSTER, "figures", "127.0.0.1", 9901).replace("STRICT_DNS", "STATIC")
    (file.parent / "envoy.yaml").write_text(text + figures.strip("\n") + "\n")
    with running.start(read(file), endpoint_lag=0.1) as stack:
        assert eventually(lambda: served(stack))
        page = httpx.get(f"{stack.url('envoy')}/stats/prometheus", timeout=5, trust_env=False)
    assert "envoy_cluster_upstream_rq_total" in page.text


def test_what_a_sidecar_logs_is_there_at_once(file: Path, run_dir: Path):
    """A line of its access log can be read a moment after its request."""
    kind = "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"
    log = f'access_log: [{{name: stdout, typed_config: {{"@type": {kind}}}}}]'
    (file.parent / "envoy.yaml").write_text(
        CONFIG.replace("stat_prefix: inbound", f"stat_prefix: inbound\n                {log}")
    )
    with running.start(read(file), endpoint_lag=0.1) as stack:
        assert eventually(lambda: served(stack))
        assert eventually(lambda: "GET / HTTP/1.1" in stack.logs("envoy"))


def test_a_port_that_is_not_the_one_of_the_file_is_refused(file: Path, run_dir: Path):
    """Where no listener has the PORT, the error names the line in Envoy's file, and both."""
    (file.parent / "envoy.yaml").write_text(CONFIG.replace("port_value: 9000", "port_value: 9002"))
    with pytest.raises(CapsizeError) as raised, running.start(read(file)):
        pass
    assert "envoy.yaml:6: no listener on a port that envoy's pod calls" in str(raised.value)
    assert "expected: port_value: 9000, the PORT in" in str(raised.value)
    assert "got: 9002, 9001" in str(raised.value)


def test_each_pod_of_a_deployment_has_an_envoy(file: Path, run_dir: Path):
    """As a sidecar with its file in a ConfigMap it carries the traffic of its own pod, in each replica."""
    manifest = file.with_name("kubernetes.yaml")
    manifest.write_text(MANIFEST + textwrap.indent(CONFIG, "    "))
    stack = kubernetes.read(manifest, {"CODE": str(file.parent / "code")}, time_scale=0.2)
    with running.start(stack, endpoint_lag=0.1) as up:
        assert [served(up, "app-envoy") for _ in range(4)] == [True] * 4
        assert eventually(lambda: up.edge("app-envoy", "back").stats().requests == 4)
        assert len({up.instance(f"app-envoy-{number}").port for number in (1, 2)}) == 2
