"""Addresses in the texts of a service: each is a wire, or is refused, or is told; and what an instance is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.runtime.environment import Environment
from capsize.stack import compose, kubernetes
from capsize.stack.addresses import Hosts
from capsize.stack.model import Stack
from capsize.stack.refusal import StackFileError

HOSTS = Hosts(["api", "db", "my-db"], ["localhost"])
OTHERS = """
  api: {build: ., command: serve, environment: {PORT: "9000"}}
  cache: {image: "valkey/valkey:9"}
  db: {image: "postgres:18", environment: {POSTGRES_USER: web, POSTGRES_DB: web, POSTGRES_PASSWORD: api}}
"""


def _stack(folder: Path, *lines: str) -> Stack:
    own = "".join(f"    {line}\n" for line in lines)
    command = "" if any(line.startswith("command") for line in lines) else "    command: serve\n"
    file = folder / "compose.yaml"
    file.write_text(f"services:\n  web:\n    build: .\n{command}{own}{OTHERS}")
    return compose.read(file)


def _environment(stack: Stack) -> Environment:
    return Environment(stack, {(e.caller, e.callee, e.port): 40000 + n for n, e in enumerate(stack.edges)}, {})


def _calls(text: str) -> list[tuple[str, str, int]]:
    return [(call.scheme, call.host, call.port) for call in HOSTS.calls(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("api:9000", [("", "api", 9000)]),
        ("//api:9000/x", [("", "api", 9000)]),
        ("dns:///api:9000", [("", "api", 9000)]),
        ("user:word@db:5432/x", [("", "db", 5432)]),
        ("user@tcp(db:5432)/x", [("", "db", 5432)]),
        ("api:9000,my-db:1", [("", "api", 9000), ("", "my-db", 1)]),
        ("postgresql://u@db:5432,my-db:5432/x", [("postgresql", "db", 5432), ("", "my-db", 5432)]),
        ("valkey://db rediss://db", [("valkey", "db", 6379), ("rediss", "db", 6379)]),
        ("amqp://db", [("amqp", "db", 0)]),
        ("host=db port=5433 user=a", [("", "db", 5433)]),
        ("host=db user=a dbname=b", [("postgresql", "db", 5432)]),
        ("Server=db;Port=5432;Database=x", [("", "db", 5432)]),
        ("postgresql:///x?host=db&port=5432", [("", "db", 5432)]),
        ("wait-for db:5432 && run", [("", "db", 5432)]),
        ("psql -h db -p 5432", [("", "db", 5432)]),
        ("psql -h db", [("", "db", 0)]),
        ("run\0--db-host\0db\0--port\0" + "80\0--db-port=5432", [("", "db", 5432)]),
        ("run --host=api --port=9000", [("", "api", 9000)]),
        ("nc -z db 5432", [("", "db", 5432)]),
    ],
)
def test_an_address_is_found_however_it_is_written(text, found):
    """With a scheme, as host:port, as an option each, as NAME=value, or as two words."""
    assert _calls(text) == found


@pytest.mark.parametrize("text", ["api", "apis:9000", "my.api:90", "x/api:90", "api:v2", "http://apis:90", "api.b:90"])
def test_a_word_that_only_begins_as_a_host_is_none(text):
    """A name within another name, within a path, or before a tag is no address."""
    assert not any(host in HOSTS.names for _, host, _ in _calls(text))


def test_addresses_without_a_scheme_are_wires(tmp_path):
    """A variable, a command, a healthcheck and two variables together call others as an URL does."""
    stack = _stack(
        tmp_path,
        "command: [serve, --cache, 'cache:6379']",
        "healthcheck: {test: 'curl http://api:9000'}",
        "environment: {DB_HOST: db, DB_PORT: '5432'}",
    )
    assert [(edge.name, edge.port, edge.protocol) for edge in stack.edges] == [
        ("web>cache", 6379, "tcp"),
        ("web>api", 9000, "http"),
        ("web>db", 5432, "tcp"),
    ]


def test_an_instance_is_given_the_wires(tmp_path):
    """Wherever an address stands, and in however many pieces, the wire's address takes its place."""
    settings = "{A: 'api:9000', DSN: host=db port=5432, HOST_OF_DB: db, PORT_OF_DB: '5432', D: host=db user=a}"
    stack = _stack(tmp_path, f"environment: {settings}", "command: [serve, -h, db, -p, '5432', 'nc db 5432']")
    environment = _environment(stack)
    given = environment.environment(stack.services["web"], "web-1", 8000, tmp_path)
    assert {name: given[name] for name in ("A", "DSN", "HOST_OF_DB", "PORT_OF_DB", "D")} == {
        "A": "127.0.0.1:40000",
        "DSN": "host=127.0.0.1 port=40001",
        "HOST_OF_DB": "127.0.0.1",
        "PORT_OF_DB": "40001",
        "D": "host=127.0.0.1 port=40001 user=a",
    }
    words = environment.command(stack.services["web"], "web-1", 8000, tmp_path)
    assert words == ("serve", "-h", "127.0.0.1", "-p", "40001", "nc 127.0.0.1 40001")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("environment: {DB_HOST: db}", 'DB_PORT: "5432" beside it'),
        ("environment: {PGHOST: db}", 'PGPORT: "5432" beside it'),
        ("environment: {API_ADDR: api}", "an address such as api:9000"),
        ("environment: {POSTGRES_SERVER: db, PORT: '80'}", 'POSTGRES_PORT: "5432" beside it'),
        ("environment: {HOST: api, PORT: '9000'}", "names api"),
        ("environment: {URL: 'amqp://api'}", "URL names api without a port"),
        ("environment: {A: 'api:70000'}", "a port that there is not"),
        ("environment: {DB_HOST: db, DB_PORT: '70000'}", "DB_PORT is not a port"),
        ("command: psql -h db", "command names db without a port"),
        ("command: [serve, --db-host=db]", "an address such as db:5432"),
        ("healthcheck: {test: pg_isready -h db}", "readiness names db without a port"),
    ],
)
def test_a_host_without_a_port_is_refused(tmp_path, line, words):
    """Nothing here listens at the port that a client would take by itself: the message says what to write."""
    with pytest.raises(StackFileError) as caught:
        _stack(tmp_path, line)
    assert words in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("ALLOWED_HOSTS: 'api,localhost'", "not a wire: ALLOWED_HOSTS names api without a port"),
        ("BACKEND: api", "not a wire: BACKEND names api without a port"),
        ("NODES: 'api,cache'", "not a wire: NODES names api, cache without a port"),
        ("""CONFIG: '{"host": "db", "port": 5432}'""", "not a wire: CONFIG names db without a port"),
        ("SELF: 'http://web:8000'", "not a wire: SELF calls web itself"),
    ],
)
def test_a_name_that_may_be_an_address_is_told(tmp_path, setting, words):
    """What only might be an address is left as it is, and the timeline says so."""
    stack = _stack(tmp_path, f"environment: {{{setting}}}")
    assert [note.text for note in stack.notes] == [words]
    assert not stack.edges


def test_names_of_users_and_databases_are_no_addresses(tmp_path):
    """Half of all stacks call their database, its user and a service by one name."""
    stack = _stack(tmp_path, "environment: {DB_USER: api, DB_NAME: db, APP: cache}", "command: python -m api 4")
    assert not stack.notes
    assert not stack.edges


def test_a_backing_services_command_calls_nobody(tmp_path):
    """What the kit starts for an image is not given wires by its command."""
    (tmp_path / "compose.yaml").write_text(
        "services:\n  a: {image: redis}\n  b: {image: redis, command: [redis-server, --replicaof, a, '6379']}\n"
    )
    with pytest.raises(StackFileError, match="the command of a backing service cannot call a here"):
        compose.read(tmp_path / "compose.yaml")


def test_a_service_can_be_called_by_its_other_names(tmp_path):
    """Docker's network knows a container's name and its aliases."""
    (tmp_path / "compose.yaml").write_text(
        "services:\n  a: {image: redis, container_name: store, networks: {n: {aliases: [memory]}}}\n"
        "  b: {build: ., command: x, networks: [n], environment: {A: 'store:6379', B: 'redis://memory'}}\n"
        "networks: {n: }\n"
    )
    stack = compose.read(tmp_path / "compose.yaml")
    assert [(edge.name, edge.port) for edge in stack.edges] == [("b>a", 6379)]
    assert _environment(stack).variables(stack.services["b"], "b-1") == {
        "A": "127.0.0.1:40000",
        "B": "redis://127.0.0.1:40000",
    }


def test_a_pods_localhost_is_wired_without_a_scheme(tmp_path):
    """In a pod localhost:9000 is a sidecar's real port; alone in its network it stays what it is."""
    pod = "services:\n  a: {build: ., command: x, environment: {PORT: '8000', B: 'localhost:9000', C: '127.0.0.1:1'}}\n"
    side = "  b: {build: ., command: x, network_mode: 'service:a', environment: {PORT: '9000'}}\n"
    (tmp_path / "compose.yaml").write_text(pod + side)
    stack = compose.read(tmp_path / "compose.yaml")
    environment = Environment(stack, {("a", "b", 9000): 41000}, {}, pod="a-1")
    assert environment.variables(stack.services["a"], "a-1")["B"] == "localhost:41000".replace("localhost", "127.0.0.1")
    assert environment.variables(stack.services["a"], "a-1")["C"] == "127.0.0.1:1"


MOUNTED = {"/data": "/host/a", "/data/sub": "/host/b", "/api": "/host/api"}


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("/data", "{a}"),
        ("/data/sub/f", "{b}/f"),
        ("/data/subway", "{a}/subway"),
        ("/database", "/database"),
        ("/x/data", "/x/data"),
        ("/data/x:/data/sub", "{a}/x:{b}"),
        ("--config=/data/f", "--config={a}/f"),
        ("file:///data/f", "file://{a}/f"),
        ("sqlite:////data/f.db", "sqlite:///{a}/f.db"),
        ("sqlite:///data/f.db", "sqlite:///data/f.db"),
        ("http://api:9000/data/f", "http://127.0.0.1:40000/data/f"),
        ("cat '/data/f' > /data/sub/g", "cat '{a}/f' > {b}/g"),
    ],
)
def test_a_path_below_a_mount_is_the_hosts(tmp_path, text, given):
    """The inner of two mounts wins, as in Docker; a path is found in an option, an URL of a file, a list of paths."""
    mounts = "volumes: ['./a:/data', './b:/data/sub']"
    stack = _stack(tmp_path, mounts, f"environment: {{A: \"{text}\", U: 'api:9000'}}", f'command: [x, "{text}"]')
    environment, expected = _environment(stack), given.format(a=tmp_path / "a", b=tmp_path / "b")
    assert environment.variables(stack.services["web"], "web-1", tmp_path)["A"] == expected
    assert environment.command(stack.services["web"], "web-1", 8000, tmp_path) == ("x", expected)


def test_a_path_of_urls_is_no_folder(tmp_path):
    """PREFIX is a path of URLs, whatever is mounted at one of its name; the timeline says which was meant."""
    stack = _stack(tmp_path, "volumes: ['./api:/api']", "environment: {PREFIX: /api}")
    assert _environment(stack).variables(stack.services["web"], "web-1", tmp_path) == {"PREFIX": "/api"}
    assert [note.text for note in stack.notes] == ["not a folder: PREFIX is read as a path of URLs"]


MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
        - name: web
          image: capsize-shop
          command: {command}
          env: {env}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: api}}
spec:
  selector: {{matchLabels: {{app: api}}}}
  template:
    metadata: {{labels: {{app: api}}}}
    spec:
      containers: [{{name: api, image: capsize-shop, command: [a], ports: [{{containerPort: 8000}}]}}]
---
apiVersion: v1
kind: Service
metadata: {{name: api}}
spec: {{selector: {{app: api}}, ports: [{{port: 80, targetPort: 8000}}]}}
"""


def _manifest(folder: Path, env: str, command: str = "[serve]") -> Stack:
    (folder / "kubernetes.yaml").write_text(MANIFEST.format(env=env, command=command))
    return kubernetes.read(folder / "kubernetes.yaml")


@pytest.mark.parametrize(
    ("env", "command"),
    [
        ("[{name: A, value: 'api:80'}]", "[serve]"),
        ("[{name: A_HOST, value: api.default.svc}, {name: A_PORT, value: '80'}]", "[serve]"),
        ("[]", "[serve, --api, 'api.default:80']"),
        ("[]", "[serve, -h, api, -p, '80']"),
    ],
)
def test_addresses_without_a_scheme_are_wires_in_manifests_too(tmp_path, env, command):
    """A Service's name and port are one wire, in whatever words."""
    assert [(edge.name, edge.port) for edge in _manifest(tmp_path, env, command).edges] == [("web>api", 8000)]


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ("[{name: A, value: 'api:8000'}]", "A calls api at a port that it does not have"),
        ("[{name: A_HOST, value: api}]", 'A_PORT: "80" beside it'),
        ("[{name: A_HOST, value: api}, {name: A_PORT, value: '81'}]", "A_HOST calls api at a port that it does not"),
    ],
)
def test_an_address_that_no_service_has_is_refused_in_manifests(tmp_path, env, words):
    """A Service has just the ports that its manifest lists."""
    with pytest.raises(StackFileError) as caught:
        _manifest(tmp_path, env)
    assert words in str(caught.value)
