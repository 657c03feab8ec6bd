"""A stack of somebody's own, from a folder that is no course: a web app over PostgreSQL, as its author wrote it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

CAPSIZE = [sys.executable, "-m", "capsize.cli"]
COMPOSE = """\
services:
  web:
    build: .
    ports: ["8000:8000"]
    environment:
      DATABASE_URL: postgresql://ada:lovelace@db:5432/notes
    depends_on:
      db: {condition: service_healthy}
    healthcheck:
      test: ["CMD", "python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8000/ready')"]
      interval: 2s
  db:
    image: postgres:18
    environment: {POSTGRES_USER: ada, POSTGRES_PASSWORD: lovelace, POSTGRES_DB: notes}
    volumes: ["pgdata:/var/lib/postgresql"]
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U ada -d notes"]
      interval: 2s
volumes:
  pgdata:
"""
DOCKERFILE = """\
FROM python:3.13-slim
WORKDIR /code
COPY ./requirements.txt /code/requirements.txt
RUN pip install --no-cache-dir -r /code/requirements.txt
COPY ./app /code/app
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
"""
MAIN = """\
import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1) as app.state.pool:
        await app.state.pool.execute("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text NOT NULL)")
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/ready")
async def ready():
    return {"ready": await app.state.pool.fetchval("SELECT true")}


@app.post("/notes")
async def write(text: str):
    return {"id": await app.state.pool.fetchval("INSERT INTO notes (text) VALUES ($1) RETURNING id", text)}


@app.get("/notes")
async def read():
    return [row["text"] for row in await app.state.pool.fetch("SELECT text FROM notes ORDER BY id")]
"""
LOCUSTFILE = """\
from locust import FastHttpUser, task


class Reader(FastHttpUser):
    @task
    def read(self):
        self.client.get("/notes")
"""
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example/web:1.0
          ports: [{containerPort: 8000}]
          readinessProbe: {tcpSocket: {port: 8000}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{port: 80, targetPort: 8000}]
"""
HELLO = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/notes")
async def read():
    return ["hello"]
"""


def capsize(*words, code=0):
    done = subprocess.run([*CAPSIZE, *map(str, words)], capture_output=True, text=True, timeout=90)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project of somebody's, with nothing of the course near it."""
    monkeypatch.setenv("CAPSIZE_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.delenv("CAPSIZE_HOME", raising=False)
    home = tmp_path / "notes"
    (home / "app").mkdir(parents=True)
    files = {"compose.yaml": COMPOSE, "Dockerfile": DOCKERFILE, "requirements.txt": "fastapi\n", "app/main.py": MAIN}
    for name, text in {**files, "locustfile.py": LOCUSTFILE}.items():
        (home / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def up():
    """Start stacks that stay up in processes of their own; each has said where everything is."""
    processes = []

    def start(*words):
        process = subprocess.Popen([*CAPSIZE, "up", *map(str, words), "--json"], stdout=subprocess.PIPE)
        processes.append(process)
        return process, json.loads(process.stdout.readline())

    yield start
    for process in processes:
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=30)


def fetch(url, data=None, timeout=10):
    with urllib.request.urlopen(
        urllib.request.Request(url, data, method="POST" if data else "GET"), None, timeout
    ) as answer:
        return json.load(answer)


def test_a_compose_file_runs_as_its_author_wrote_it(folder, up):
    """The app answers at the published url, though its command names port 8000, and writes into its database."""
    _, words = up(folder)
    url = words["urls"]["web"]
    assert (fetch(f"{url}/notes?text=ahoy", b" "), fetch(f"{url}/notes")) == ({"id": 1}, ["ahoy"])
    assert words["stack"] == "notes"


def test_its_parts_are_sunk_like_a_labs(folder, up):
    """Kill an instance and slow a wire from another terminal; ps shows both, and heal brings all back."""
    _, words = up(folder)
    url = f"{words['urls']['web']}/notes"
    capsize("delay", "web", "db", "--ms", "400", "--stack", folder)
    began = time.monotonic()
    fetch(url)
    assert time.monotonic() - began > 0.4
    capsize("kill", "web-1", "--stack", folder / "compose.yaml")
    (now,) = json.loads(capsize("ps", "--json").stdout)
    states = {one["name"]: one["state"] for service in now["services"] for one in service["instances"]}
    faults = {edge["name"]: edge["fault"] for edge in now["edges"]}
    assert (states["web-1"], faults["web>db"]["kind"]) == ("crashed", "delay")
    capsize("heal")
    assert fetch(url) == []


def test_sigterm_ends_it_and_leaves_nothing(folder, up):
    """No process and no registry entry is left, and the author's folder has what it had."""
    before = sorted(folder.rglob("*"))
    process, words = up(folder)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert [one for one in words["instances"] if psutil.pid_exists(one["pid"])] == []
    assert list(Path(os.environ["CAPSIZE_REGISTRY"]).iterdir()) == []
    assert sorted(folder.rglob("*")) == before


def test_it_may_run_twice_at_once(folder, up):
    """Two terminals run one file: each has its ports and data, and a verb asks which one is meant."""
    (_, first), (_, second) = up(folder), up(folder)
    fetch(f"{first['urls']['web']}/notes?text=ahoy", b" ")
    assert fetch(f"{second['urls']['web']}/notes") == []
    assert f"add --stack {second['pid']}" in capsize("kill", "web-1", code=2).stderr
    capsize("kill", "web-1", "--stack", second["pid"])
    assert fetch(f"{first['urls']['web']}/notes") == ["ahoy"]


def test_load_goes_to_the_stack_that_is_up(folder, up):
    """Customers of a Locust file of six lines go to the stack that was started from the same path."""
    _, words = up(folder)
    report = json.loads(capsize("load", folder, "--users", "2", "--seconds", "1", "--json").stdout)
    assert (report["host"], report["failed"], report["succeeded"] > 0) == (words["urls"]["web"], 0, True)


def test_load_starts_a_stack_where_none_is_up(folder):
    """Without a stack, the load has one of its own for the time; --file names other customers."""
    file = folder.parent / "customers.py"
    (folder / "locustfile.py").rename(file)
    report = json.loads(capsize("load", folder, "--file", file, "--users", "1", "--seconds", "1", "--json").stdout)
    assert (report["locustfile"], report["failed"]) == ("customers.py", 0)
    assert f"capsize load {folder} --file" in capsize("load", folder, code=2).stderr


def test_manifests_run_from_any_folder(folder, up):
    """A manifest's own image is what the Dockerfile beside it says; two copies share no port."""
    (folder / "compose.yaml").unlink()
    (folder / "app/main.py").write_text(HELLO)
    (folder / "web.yaml").write_text(MANIFEST)
    _, words = up(folder)
    assert fetch(f"{words['urls']['web']}/notes") == ["hello"]
    assert [one["name"] for one in words["instances"]] == ["web-1", "web-2"]


def test_another_python_runs_it(folder, up, tmp_path):
    """--python names whose packages the services have; the kit itself stays where it is."""
    (tmp_path / "venv/bin").mkdir(parents=True)
    python = tmp_path / "venv/bin/python"
    python.write_text(f'#!/bin/sh\nMARK=named exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    mark = '@app.get("/mark")\nasync def mark():\n    return os.environ["MARK"]\n'
    (folder / "app/main.py").write_text(f"import os\n\n{HELLO}\n\n{mark}")
    (folder / "Dockerfile").write_text(DOCKERFILE.replace('["uvicorn"', '["python", "-m", "uvicorn"'))
    (folder / "compose.yaml").write_text("services: {web: {build: ., ports: ['8000']}}\n")
    _, words = up(folder, "--python", tmp_path / "venv")
    assert fetch(f"{words['urls']['web']}/mark") == "named"


def test_a_suspended_stack_is_told_and_hides_no_other(folder, up):
    """After Ctrl-Z on one terminal, ps shows the other stack within seconds and says how the first goes on."""
    (folder / "compose.yaml").write_text("services: {web: {build: ., ports: ['8000']}}\n")
    (folder / "app/main.py").write_text(HELLO)
    (suspended, first), (_, second) = up(folder), up(folder)
    suspended.send_signal(signal.SIGSTOP)
    told = capsize("ps").stdout
    assert (f"kill -CONT {first['pid']}" in told, f"(pid {second['pid']}" in told) == (True, True)
    assert "suspended" in capsize("kill", "web-1", "--stack", first["pid"], code=2).stderr


def test_a_package_that_is_missing_is_named(folder):
    """Where the app imports what this Python lacks, the error says where to install it."""
    (folder / "app/main.py").write_text("import no_such_package\n")
    told = capsize("up", folder, code=2).stderr
    assert ("no_such_package" in told, "--python" in told) == (True, True)


def test_a_port_in_the_code_is_named(folder):
    """A program that listens where its file says, whatever $PORT says, is told apart from one that is slow."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = f"http.server.HTTPServer(('127.0.0.1', {port}), None).serve_forever()"
    (folder / "app/main.py").write_text(f"import http.server\n\n{server}\n")
    web = f"web: {{build: ., command: python app/main.py, ports: ['{port}']}}"
    (folder / "compose.yaml").write_text(f"services: {{{web}}}\n")
    told = capsize("up", folder, code=2).stderr
    assert (f"listens on port {port}" in told, "$PORT" in told) == (True, True)


ERRORS = {
    "no such path": ({}, "nowhere/compose.yaml", "there is no file or folder"),
    "no such word": ({}, "nowhere", "there is no lab nowhere, and no file or folder nowhere"),
    "no stack in it": ({}, "notes/app", "there is no stack in"),
    "both kinds": ({"kubernetes.yaml": MANIFEST}, "notes", "both a Compose file and manifests"),
    "neither kind": ({"other.yaml": "a: 1\n"}, "notes/other.yaml", "neither a Compose file nor a manifest"),
    "an override": ({"compose.override.yaml": "services: {}\n"}, "notes", "Docker Compose merges this file"),
    "no Dockerfile": ({"compose.yaml": "services: {web: {build: app}}\n"}, "notes", "notes/app/Dockerfile:1"),
}


@pytest.mark.parametrize(("files", "word", "words"), ERRORS.values(), ids=ERRORS)
def test_what_cannot_be_run_is_told(folder, files, word, words):
    """What is wrong with a path exits 2 and says so in words."""
    for name, text in files.items():
        (folder / name).write_text(text)
    assert words in capsize("up", word, code=2).stderr


def test_all_lines_that_are_refused_are_told(folder):
    """A Compose file and its Dockerfile are one reading: whoever mends them reads all at once."""
    broken = COMPOSE.replace("8000:8000", "eight").replace("interval: 2s", "interval: soon")
    (folder / "compose.yaml").write_text(broken)
    (folder / "Dockerfile").write_text(DOCKERFILE.replace("WORKDIR", "WORKDIRR"))
    told = capsize("up", folder, code=2).stderr
    assert [line in told for line in ("compose.yaml:4", "compose.yaml:11", "Dockerfile:2")] == [True, True, True]


def test_words_that_are_for_labs_are_refused(folder):
    """--code has no meaning for a stack of one's own, and a lab takes no other Python."""
    assert "--code" in capsize("up", folder, "--code", "starter", code=2).stderr
