"""Addresses in pieces, as somebody's own Compose file has them, in a stack that runs."""

from __future__ import annotations

from pathlib import Path

import httpx

from capsize.session import running
from capsize.stack import compose

ASKS = """
import json, os, socket, sys
from fastapi import FastAPI

app = FastAPI()


def pong(host, port):
    with socket.create_connection((host, int(port)), 2) as cache:
        cache.sendall(b"PING\\r\\n")
        return cache.recv(16).decode().strip()


@app.get("/")
def root():
    host, _, port = os.environ["CACHE_ADDR"].partition(":")
    return {
        "pair": pong(os.environ["CACHE_HOST"], os.environ["CACHE_PORT"]),
        "one": pong(host, port),
        "file": open(os.environ["FILE"].removeprefix("file://")).read(),
        "secret": open(os.environ["WORD_FILE"]).read(),
    }
"""
PROBE = "import socket, sys\nsocket.create_connection((sys.argv[1], int(sys.argv[2])), 2).close()\n"
FILE = """
version: "3.9"
services:
  web:
    build: .
    container_name: asks
    command: ["python", "-m", "shop.serve", "asks:app"]
    working_dir: /app
    volumes: ["./src:/app", "./data:/app/data"]
    secrets: [word]
    ports: ["8000"]
    environment:
      PORT: "8000"
      CACHE_HOST: cache
      CACHE_PORT: "6379"
      CACHE_ADDR: cache:6379
      FILE: file:///app/data/f
      WORD_FILE: /run/secrets/word
    healthcheck: {test: ["CMD", "python", "/app/probe.py", cache, "6379"], interval: 1s, retries: 3}
  cache: {image: "valkey/valkey:9"}
secrets: {word: {file: word.txt}}
"""


def test_a_stack_runs_by_addresses_without_a_scheme(tmp_path: Path):
    """Host and port in two variables, in one, and as words of a healthcheck lead through one wire; notes are told."""
    files = {"src/asks.py": ASKS, "src/probe.py": PROBE, "data/f": "of a volume", "word.txt": "hunter2"}
    for name, text in {**files, "compose.yaml": FILE}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with running.start(compose.read(tmp_path / "compose.yaml")) as stack:
        answer = httpx.get(stack.url(), timeout=10).json()
        assert answer == {"pair": "+PONG", "one": "+PONG", "file": "of a volume", "secret": "hunter2"}
        assert [edge.name for edge in stack.edges] == ["outside>web", "web>cache"]
        told = {event.what: event.why for event in stack.timeline.events if event.who == "stack"}
        assert told["ignored: version"] == "compose.yaml:2"
