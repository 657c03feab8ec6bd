"""Somebody's own Compose file: what is read as it stands, what is noted, what fills it in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from capsize.runtime.control.timeline import Timeline
from capsize.runtime.environment import Environment
from capsize.stack import compose
from capsize.stack.env_file import read, variables_beside
from capsize.stack.model import Limits, Port, Restart, Stack, Volume
from capsize.stack.refusal import StackFileError

# as the guides to FastAPI with PostgreSQL have it
PLAIN = """
version: "3.9"
name: plain

services:
  web:
    build: .
    container_name: fastapi_app
    command: uvicorn app.main:app --host 0.0.0.0 --port 8000
    working_dir: /app
    volumes:
      - .:/app
    ports:
      - "8000:8000"
    env_file:
      - .env
    environment:
      - DATABASE_URL=postgresql://${POSTGRES_USER}:${POSTGRES_PASSWORD}@db:5432/${POSTGRES_DB}
      - DEBUG
    depends_on:
      - db
    restart: always
    networks:
      - backend
    logging:
      driver: json-file
  db:
    image: postgres:16-alpine
    container_name: postgres_db
    hostname: db
    restart: unless-stopped
    environment:
      POSTGRES_USER: ${POSTGRES_USER}
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
      POSTGRES_DB: ${POSTGRES_DB}
    volumes:
      - postgres_data:/var/lib/postgresql/data/
    ports:
      - target: 5432
        published: "5432"
        protocol: tcp
        mode: host
    expose: [5432]
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U ${POSTGRES_USER}"]
      interval: 5s
      timeout: 5s
      retries: 5
    networks:
      - backend
  adminer:
    image: adminer
    profiles: [tools]

networks:
  backend:
    driver: bridge

volumes:
  postgres_data:
"""
DOTENV = (
    "# of the stack\nPOSTGRES_USER=app\nexport POSTGRES_PASSWORD='pa$$ word'\nPOSTGRES_DB=\"${POSTGRES_USER}_db\" # x\n"
)


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    for name in ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "DEBUG", "COMPOSE_PROFILES"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "compose.yaml").write_text(PLAIN)
    (tmp_path / ".env").write_text(DOTENV)
    return compose.read(tmp_path / "compose.yaml", variables_beside(tmp_path / "compose.yaml"))


def test_a_plain_file_is_read_as_it_stands(plain: Stack, tmp_path: Path):
    """A FastAPI service over a PostgreSQL needs no change: names, keys and a .env file are those of Docker Compose."""
    web = plain.services["web"]
    assert (plain.name, list(plain.services)) == ("plain", ["web", "db"])
    assert web.command == ("uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000")
    assert web.environment["DATABASE_URL"] == "postgresql://app:pa$$ word@db:5432/app_db"
    assert (web.ports, web.restart, dict(web.depends_on)) == (
        (Port(8000, 8000),),
        Restart("always"),
        {"db": "service_started"},
    )
    assert [(edge.name, edge.port, edge.protocol) for edge in plain.edges if edge.caller == "web"] == [
        ("web>db", 5432, "tcp")
    ]
    assert Environment(plain, {}, {"postgres_data": tmp_path}).cwd(web, tmp_path / "own") == tmp_path


def test_what_a_plain_file_says_in_vain_is_noted(plain: Stack):
    """Each key that is not acted on is a note with its line, and the timeline tells each once."""
    timeline = Timeline()
    timeline.tell_notes(plain.notes)
    said = {event.what: event.why for event in timeline.events}
    assert said == {
        "ignored: container_name, except as a name to call the service by": "compose.yaml:8, compose.yaml:29",
        "ignored: hostname": "compose.yaml:30",
        "ignored: logging": "compose.yaml:25",
        "ignored: networks, since all that call each other share one": "compose.yaml:55",
        "ignored: version": "compose.yaml:2",
        "DEBUG has no value, and is not set": "compose.yaml:19",
        "left out: adminer, of the profile tools": "compose.yaml:51",
        "postgres:16-alpine is PostgreSQL 18 as a process": "compose.yaml:28",
    }


def _web(folder: Path, *lines: str, top: str = "") -> Stack:
    own = "".join(f"    {line}\n" for line in lines)
    command = "" if any(line.startswith(("entrypoint", "command")) for line in lines) else "    command: serve\n"
    file = folder / "compose.yaml"
    file.write_text(f"services:\n  web:\n    build: .\n{command}{own}  db: {{image: 'postgres:18'}}\n{top}")
    return compose.read(file, {"GIVEN": "yes"})


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("environment: [GIVEN, NOT_GIVEN]", "environment", {"GIVEN": "yes"}),
        ("environment: {GIVEN: , NOT_GIVEN: , C: true}", "environment", {"GIVEN": "yes", "C": "true"}),
        ("entrypoint: [python, -u]", "command", ("python", "-u")),
        ("scale: 3", "replicas", 3),
        ("mem_limit: 64m", "limits", Limits(memory=64 << 20)),
        ("cpus: 0.5", "limits", Limits(cpus=0.5)),
        ("pids_limit: 20", "limits", Limits(processes=20)),
        ("restart: no", "restart", Restart("no")),
        ("deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}", "restart", Restart("on-failure", 3)),
        ("deploy: {restart_policy: {condition: any, delay: 5s}}", "restart", Restart("always")),
        ("expose: ['9000']", "listens", 9000),
        ("ports: ['0.0.0.0:80:8000']", "ports", (Port(8000, 80),)),
        ("ports: [{target: 8000, host_ip: 127.0.0.1, published: '80'}]", "ports", (Port(8000, 80),)),
        ("ports: [{target: 9443, app_protocol: tls}]", "ports", (Port(9443, is_tcp=True),)),
        ('ports: ["8443"]', "ports", (Port(8443, is_tcp=True),)),
        ("ports: [{target: 8443, app_protocol: http}]", "ports", (Port(8443),)),
        ("ports: [{target: 8000, app_protocol: http}]", "ports", (Port(8000),)),
        ("ports: [{target: 8000, app_protocol: grpc}]", "ports", (Port(8000, is_http2=True),)),
        ("depends_on: {db: {condition: service_started, required: true}}", "depends_on", {"db": "service_started"}),
        ("links: [db]", "depends_on", {"db": "service_started"}),
        ("working_dir: /app/", "working_dir", "/app"),
        ("volumes: [/data]", "volumes", (Volume("own", "volume-data", "/data"),)),
        ("healthcheck: {test: x, start_interval: 1s, disable: true}", "readiness", None),
        ("x-own: anything", "command", ("serve",)),
    ],
)
def test_a_key_of_somebodys_own_file_is_read(tmp_path: Path, line: str, field: str, value: object):
    """What such files have is read where the kit can do what it says."""
    assert getattr(_web(tmp_path, line).services["web"], field) == value


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("init: true", "ignored: init"),
        ("labels: {a: b}", "ignored: labels"),
        ("tty: true", "ignored: tty"),
        ("platform: linux/amd64", "ignored: platform"),
        ("ulimits: {nofile: 1024}", "not enforced: ulimits"),
        ("user: '1000'", "not enforced: user"),
        ("read_only: true", "not enforced: read_only"),
        ("deploy: {resources: {reservations: {cpus: 1}}}", "not enforced: reservations"),
        ("deploy: {update_config: {order: start-first}}", "ignored: update_config"),
        ("ports: ['0.0.0.0:80:8000']", "published on 127.0.0.1 alone"),
        ("links: [db]", "links are read as depends_on"),
    ],
)
def test_a_key_that_changes_nothing_here_is_noted(tmp_path: Path, line: str, note: str):
    """A key that is read and not acted on is told with its line."""
    found = _web(tmp_path, line).notes
    assert [(one.text, one.place.line) for one in found] == [(note, 5)]


@pytest.mark.parametrize(
    "form",
    [
        "{context: ., dockerfile: Dockerfile, target: dev, args: [A=1], cache_from: [x], platforms: [linux/amd64]}",
        "{context: 'https://example.org/x.git', dockerfile_inline: 'FROM x', ssh: [default], secrets: [a], tags: [b]}",
        "./folder",
    ],
)
def test_all_forms_of_build_are_read(tmp_path: Path, form: str):
    """Nothing is built for processes, so whatever Compose knows under build may stand there."""
    file = tmp_path / "compose.yaml"
    file.write_text(f"services: {{web: {{command: serve, build: {form}}}}}\n")
    assert compose.read(file).services["web"].command == ("serve",)


def test_a_service_finds_its_secrets_as_files(tmp_path: Path):
    """A secret is a file under /run/secrets; a variable that names it is given the host's, PostgreSQL its text."""
    (tmp_path / "word.txt").write_text("hunter2\n")
    (tmp_path / "compose.yaml").write_text(
        "services:\n  web:\n    build: .\n    command: serve\n    secrets: [word]\n"
        "    environment: {WORD_FILE: /run/secrets/word}\n"
        "  db:\n    image: postgres:18\n    secrets: [{source: word, target: pg}]\n"
        "    environment: {POSTGRES_PASSWORD_FILE: /run/secrets/pg}\nsecrets:\n  word: {file: ./word.txt}\n"
    )
    stack = compose.read(tmp_path / "compose.yaml")
    assert stack.services["db"].environment == {"POSTGRES_PASSWORD": "hunter2"}
    given = Environment(stack, {}, {}).variables(stack.services["web"], "web-1", tmp_path)
    assert given == {"WORD_FILE": str(tmp_path / "word.txt")}


def test_networks_count_where_they_part_two_that_call_each_other(tmp_path: Path):
    """Two networks are one here, so a call across them, which Docker would not let through, is refused."""
    top = "networks: {front: , back: }\n"
    lines = ("networks: [front]", "environment: {DB: 'postgresql://db'}")
    with pytest.raises(StackFileError) as caught:
        _web(tmp_path, *lines, top=top)
    assert "web calls db, and they share no network" in str(caught.value)


def test_a_service_of_another_profile_is_not_there(tmp_path: Path):
    """Only the profiles that COMPOSE_PROFILES names are started, as in Docker."""
    file = tmp_path / "compose.yaml"
    file.write_text("services:\n  a: {image: redis}\n  b: {image: redis, profiles: [extra, more]}\n")
    assert list(compose.read(file).services) == ["a"]
    assert list(compose.read(file, {"COMPOSE_PROFILES": "x,more"}).services) == ["a", "b"]


def test_a_file_of_variables_is_read_as_docker_reads_it(tmp_path: Path):
    """Comments, export, quotes, escapes and variables; a name alone has the value that is given."""
    (tmp_path / "a.env").write_text(
        "A=1 # one\n\n  # no\nexport B = two words \nC: c\nD='$A'\nE=\"a\\nb$A\"\n"
        'F=a#b\nG=\nGIVEN\nNOT_GIVEN\nH="\\$A"\n'
    )
    assert read(tmp_path / "a.env", {"GIVEN": "yes"}) == {
        "A": "1", "B": "two words", "C": "c", "D": "$A", "E": "a\nb1", "F": "a#b", "G": "", "GIVEN": "yes", "H": "$A",
    }  # fmt: skip


def test_environment_wins_over_files_of_variables(tmp_path: Path):
    """The later of two files wins, and what stands in the Compose file over both; one may be missing."""
    (tmp_path / "a.env").write_text("A=a\nB=a\nC=a\n")
    (tmp_path / "b.env").write_text("B=b\nC=b\n")
    stack = _web(tmp_path, "env_file: [a.env, {path: b.env}, {path: c.env, required: false}]", "environment: {C: c}")
    assert stack.services["web"].environment == {"A": "a", "B": "b", "C": "c"}


@pytest.mark.parametrize("line", ["1 2 3", "A='open", "A=${NOT_SET}"])
def test_a_line_that_is_no_variable_is_refused_in_its_own_file(tmp_path: Path, line: str):
    """The message names the file of variables and its line."""
    (tmp_path / "a.env").write_text(f"B=1\n{line}\n")
    with pytest.raises(StackFileError, match=r"a\.env:2: "):
        _web(tmp_path, "env_file: a.env")


def test_the_learners_shell_fills_in_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What happens to be set in a shell, such as Kubernetes' service links, never reaches a lab's file."""
    monkeypatch.setenv("DB_PORT", "tcp://10.0.0.1:5432")
    stack = _web(tmp_path, "ports: ['${DB_PORT:-8000}:80']")
    assert stack.services["web"].ports == (Port(80, 8000),)


def test_ones_own_shell_fills_in_ones_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """For somebody's own file the environment counts before the .env beside it, as in Docker."""
    (tmp_path / ".env").write_text("A=file\nB=file\n")
    monkeypatch.setenv("A", "shell")
    found = variables_beside(tmp_path / "compose.yaml")
    assert (found["A"], found["B"], found["PATH"]) == ("shell", "file", os.environ["PATH"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${NONE:-${GIVEN}}", "yes"),
        ("${NONE:-${OTHER:-a}-b}", "a-b"),
        ("${GIVEN:-${NONE}}", "yes"),
        ("${GIVEN:-${NONE:?no}}", "yes"),
        ("${GIVEN:+set}${NONE:+unset}", "set"),
        ("${NONE+a}b", "b"),
        ('${NONE:-{"a": {"b": 1}}}', '{"a": {"b": 1}}'),
    ],
)
def test_variables_may_stand_in_variables(tmp_path: Path, text: str, value: str):
    """Nested defaults, the forms with +, and braces in a default are those of Docker Compose."""
    assert _web(tmp_path, f"environment: {{A: '{text}'}}").services["web"].environment["A"] == value
