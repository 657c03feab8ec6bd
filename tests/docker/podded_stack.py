"""An app with three sidecars in its pod: a proxy, an Envoy, and an agent that listens to nobody."""

from __future__ import annotations

from pathlib import Path

from plain_stacks import AGENT, CALLS, SECRET, SERVE

from capsize.stack.compose import read
from capsize.stack.model import Stack

APP = f"""{CALLS}
import time

BORN = time.time()


@app.get("/")
async def me():
    return {{"I": os.environ["I"], "pod": os.environ["HOSTNAME"], "born": BORN}}


{SECRET}"""
COMPOSE = """
x-own: &own
  build: .
  command: python -m serve app:app
  volumes: ["./code:/code", "secrets:/secrets"]
  restart: always

services:
  app:
    <<: *own
    environment:
      I: app
      PORT: "8000"
      PROXY_URL: http://localhost:9000/
      SECRETS: /secrets
    ports: ["8000", "9000", "9001"]
    depends_on: [back]
  proxy:
    <<: *own
    network_mode: "service:app"
    environment:
      I: proxy
      PORT: "9000"
      APP_URL: http://app:8000/
      ENVOY_URL: http://127.0.0.1:9001/
      BACK_URL: http://back:8000/
  agent:
    <<: *own
    command: python agent.py
    network_mode: "service:app"
    environment: {SECRETS: /secrets}
  envoy:
    image: envoyproxy/envoy:v1.40.0
    command: ["envoy", "-c", "/etc/envoy/envoy.yaml"]
    network_mode: "service:app"
    environment: {PORT: "9001"}
    volumes: ["./envoy.yaml:/etc/envoy/envoy.yaml:ro"]
    restart: always
  back:
    <<: *own
    environment: {I: back, PORT: "8000"}
volumes:
  secrets: {driver_opts: {type: tmpfs, device: tmpfs}}
"""
ENVOY = """
static_resources:
  listeners:
    - address: {socket_address: {address: 0.0.0.0, port_value: 9001}}
      filter_chains:
        - filters:
            - name: envoy.filters.network.tcp_proxy
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                stat_prefix: app
                cluster: app
  clusters:
    - name: app
      load_assignment:
        cluster_name: app
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 8000}}}}]}]
"""


def podded(folder: Path) -> Stack:
    """Write the stack's files into a folder and read them."""
    (folder / "code").mkdir()
    for name, text in (("app.py", APP), ("agent.py", AGENT), ("serve.py", SERVE)):
        (folder / "code" / name).write_text(text)
    (folder / "envoy.yaml").write_text(ENVOY)
    (folder / "compose.yaml").write_text(COMPOSE)
    return read(folder / "compose.yaml")
