"""What the Compose reader refuses, one row each: the text, and then the line, the key and the words that must come."""

from pathlib import Path

import pytest

from capsize.stack.compose import StackFileError, read

LIMITS = "deploy.resources.limits"
TWO = "services:\n  db:\n    image: postgres:18\n  shop:\n    build: .\n    command: serve\n    "
ONE = "services:\n  a:\n    image: redis\n"
BOMB = "x-0: &0 {a0: 1}\n" + "".join(f"x-{n + 1}: &{n + 1} {{<<: *{n}, a{n + 1}: 1}}\n" for n in range(999))

FILES = [
    ("empty", "", 1, "", "the file is empty"),
    ("only a comment", "# nothing\n", 1, "", "the file is empty"),
    ("a list", "- a", 1, "", "must be a mapping"),
    ("a word", "hello", 1, "", "must be a mapping"),
    ("bad YAML", "services:\n  shop: [\n", 3, "", "not YAML"),
    ("a tab", "services:\n\tshop: x\n", 2, "", "a tab indents this line spaces"),
    (
        "a wrong indentation",
        "services:\n  shop:\n   a: b\n  - c\n",
        4,
        "",
        "the block that begins in line 2 to be closed: look at brackets",
    ),
    ("a control character", "services:\n  a: \x01\n", 2, "", "control character"),
    ("two documents", "services: {}\n---\nservices: {}\n", 2, "", "second document"),
    ("a key twice", "services:\n  shop: {}\n  shop: {}\n", 3, "", '"shop" is given twice once (line 2 has it)'),
    ("two merges", "x-a: &a {}\nservices:\n  shop:\n    <<: *a\n    <<: *a\n", 5, "", '"<<" is given twice'),
    ("a tag", "services: !!python/name:os.system x\n", 1, "", "the tag"),
    ("an anchor in itself", "x-a: &a\n  b: *a\n", 2, "", "*a refers to a value that contains it"),
    ("an alias of nothing", "services: *nothing\n", 1, "", "*nothing refers to nothing"),
    ("too deep", "x-a: " + "[" * 100, 1, "", "nested too deeply"),
    ("too large", "#" * 300_000, 1, "", "too large at most 256 KB"),
    ("too long a list", "x-a: [" + "a, " * 1001 + "]", 1, "", "at most 1000 entries"),
    ("an alias bomb", BOMB, 201, "", "merge keys (<<) expand to too many keys"),
    ("a merge of a word", "services:\n  shop: {<<: word}\n", 2, "", "<< can only merge mappings"),
    ("a number as key", "services:\n  1: {}\n", 2, "", 'YAML takes the key 1 for a number|in quotes ("1")'),
    ("a list as key", "services:\n  [a]: {}\n", 2, "", "a key must be a word"),
    ("no services", "volumes: {}\n", 1, "", "services is missing"),
    ("services of nothing", "services:\n", 1, "services", "must be a mapping"),
    ("no service at all", "services: {}\n", 1, "services", "there is no service"),
    ("a name of a stack", f"name: My Shop\n{ONE}", 1, "name", "cannot name a stack"),
    ("configs", f"configs: {{}}\n{ONE}", 1, "configs", "not supported here one of services"),
    (
        "a key misspelt",
        "service: {}\n",
        1,
        "service",
        "not supported services? Accepted: services, volumes, networks, secrets, version, name, x-*",
    ),
    ("a service called outside", "services:\n  outside: {}\n", 2, "services.outside", "another name"),
    ("a service in capitals", "services:\n  Shop: {}\n", 2, "services.Shop", "cannot name a service"),
    ("a service of nothing", "services:\n  shop:\n", 2, "services.shop", "must be a mapping"),
    ("a service of a list", "services:\n  shop: [a]\n", 2, "services.shop", "must be a mapping"),
    (
        "too many services",
        "services: {" + ", ".join(f"s{n}: x" for n in range(101)) + "}",
        1,
        "services",
        "100 at most",
    ),
    ("neither image nor build", "services:\n  shop:\n    command: a\n", 2, "services.shop", "neither image nor build"),
    ("build without command", "services:\n  shop:\n    build: .\n", 2, "services.shop", "command is missing"),
    (
        "a volume with options",
        f"volumes:\n  a: {{external: true}}\n{ONE}",
        2,
        "volumes.a.external",
        "not supported here",
    ),
    ("a volume's name", f"volumes:\n  a b:\n{ONE}", 2, 'volumes["a b"]', "cannot name a volume"),
    ("a foreign image", "services:\n  a:\n    image: mysql:8\n", 3, "services.a.image", "postgres:18, valkey"),
    ("a new image", "services:\n  a:\n    image: postgres:19\n", 3, "services.a.image", 'got: "postgres:19"'),
    (
        "a command of nothing",
        "services:\n  a:\n    build: .\n    command:\n",
        4,
        "services.a.command",
        "must be a text",
    ),
    ("a blank command", "services:\n  a:\n    build: .\n    command: []\n", 4, "services.a.command", "runs nothing"),
    ("an open quote", "services:\n  a:\n    build: .\n    command: a 'b\n", 4, "services.a.command", "cannot be split"),
    ("a build of nothing", "services:\n  a:\n    build:\n    command: a\n", 3, "services.a.build", "must be a mapping"),
    (
        "a build of a list",
        "services:\n  a:\n    build: [.]\n    command: a\n",
        3,
        "services.a.build",
        "must be a mapping",
    ),
    (
        "a build with ssh",
        "services:\n  a:\n    build: {shh: a}\n    command: a\n",
        3,
        "services.a.build.shh",
        "context",
    ),
]

A, B = (f"  {name}:\n    build: .\n    command: serve\n" for name in "ab")
TOGETHER = [
    (
        "a circle",
        f"services:\n{A}    depends_on: [b]\n{B}    depends_on: [a]\n",
        5,
        "services.a.depends_on",
        "circle|a -> b -> a",
    ),
    (
        "a circle through a sidecar",
        f"services:\n{A}    network_mode: 'service:b'\n{B}    depends_on: [a]\n",
        5,
        "services.a.network_mode",
        "a -> b -> a",
    ),
    (
        "a host port twice",
        f"services:\n{A}    ports: ['80:80']\n{B}    ports:\n      - '81:80'\n      - '80:80'\n",
        11,
        "services.b.ports[1]",
        "the host's port 80 is published twice|compose.yaml:5 has it",
    ),
    (
        "a host port for replicas",
        f"services:\n{A}    ports: ['80:8000']\n    deploy: {{replicas: 2}}\n",
        5,
        "services.a.ports[0]",
        '2 replicas cannot share the host\'s port 80|the port inside alone: "8000"',
    ),
    (
        "a sidecar with ports",
        f"services:\n{A}    ports: ['80']\n    network_mode: 'service:b'\n{B}",
        5,
        "services.a.ports",
        "the ports in b, whose network it shares",
    ),
    (
        "a merged mistake",
        f"x-port: &port\n  ports:\n    - no\nservices:\n{A}    <<: *port\n",
        3,
        "services.a.ports[0]",
        'this is not a port|got: "no"',
    ),
]

KEYS = [
    ("a key misspelt", "enviroment: {}", "enviroment", "not supported environment? Accepted:"),
    ("a key of Compose", "extends: a", "extends", "not supported here one of image, build"),
    ("another key of Compose", "configs: [a]", "configs", "not supported here one of image, build"),
    ("a file of variables that is not there", "env_file: .env", "env_file", "there is no such file"),
    ("a secret that is not declared", "secrets: [a]", "secrets[0]", "is not declared"),
    ("a network that is not declared", "networks: [a]", "networks", "no such network"),
    ("a number in a command", "entrypoint: [sleep, 3600]", "entrypoint[1]", 'for a number quotes around it: "3600"'),
    ("a number as a command", "entrypoint: 3600", "entrypoint", 'for a number quotes around it: "3600"'),
    ("a shell's operator", "entrypoint: a && b", "entrypoint", "no shell reads this line, so & has no meaning"),
    ("a shell's brackets", "entrypoint: echo $$(a)", "entrypoint", "no shell reads this line, so ( has no meaning"),
    ("an open backslash", "entrypoint: 'a \\'", "entrypoint", "No closing character"),
    ("a number in a list", "environment: [1]", "environment[0]", "YAML takes this for a number"),
    ("PORT: no number", "environment: {PORT: 8000/tcp}", "environment.PORT", "PORT is not a port|1 to 65535"),
    ("PORT: too high", "environment: [PORT=70000]", "environment", "PORT is not a port"),
    ("a relative folder", "working_dir: src", "working_dir", "starts with /"),
    ("environment: a word", "environment: A=b", "environment", "must be a mapping"),
    ("environment: a float", "environment: {A: 1.10}", "environment.A", 'for a number quotes around it: "1.10"'),
    ("environment: a date", "environment: {A: 2024-01-01}", "environment.A", "YAML takes this for a date"),
    ("environment: a list", "environment: {A: [b]}", "environment.A", "must be a text"),
    ("environment: twice", "environment: [A=1, A=2]", "environment[1]", "given twice"),
    ("environment: no name", "environment: ['=1']", "environment[0]", "cannot name a variable"),
    ("environment: a NUL", r'environment: {A: "\0"}', "environment.A", "no process can be given"),
    (
        "a missing variable",
        "environment: {A: '${NOT_SET}'}",
        "environment.A",
        "${NOT_SET} is not set|${NOT_SET:-default}",
    ),
    ("a required variable", "environment: {A: '${NOT_SET:?ask Ann}'}", "environment.A", "no default: ask Ann"),
    ("an empty variable", "environment: {A: '${EMPTY:?ask Ann}'}", "environment.A", "ask Ann"),
    ("an unknown form", "environment: {A: '${A=b}'}", "environment.A", "not one of the forms|${NAME:-default}"),
    ("a brace that stays open", "environment: {A: '${A:-b'}", "environment.A", "${A is not closed"),
    ("a nested variable", "environment: {A: '${A:-${B}}'}", "environment.A", "${B} is not set"),
    ("a lone dollar", "environment: {A: 'for 5 $'}", "environment.A", "$$ is a dollar sign"),
    ("ports: a word", 'ports: "8000"', "ports", "must be a list"),
    ("ports: words", "ports: [eight]", "ports[0]", 'not a port "8000", "8080:8000"'),
    ("ports: octal", "ports: [0o22]", "ports[0]", 'quotes around it: "0o22"'),
    ("ports: a range", 'ports: ["8000-8001"]', "ports[0]", "not a port"),
    ("ports: UDP", 'ports: ["53/udp"]', "ports[0]", "not a port"),
    ("ports: zero", 'ports: ["0:8000"]', "ports[0]", "1 to 65535"),
    ("ports: too high", "ports: [65536]", "ports[0]", "1 to 65535"),
    ("ports: the world", 'ports: ["192.168.0.1:80:80"]', "ports[0]", "only this machine|127.0.0.1"),
    ("ports: twice", 'ports: ["80:80", "80:80"]', "ports[1]", "given twice once (line 7 has it)"),
    ("ports: twice on the host", 'ports: ["80:80", "80:81"]', "ports[1]", "published twice another one"),
    ("ports: no target", "ports: [{published: 80}]", "ports[0]", "target is missing"),
    ("ports: a long key", "ports: [{target: 80, mod: host}]", "ports[0].mod", "not supported mode? Accepted"),
    ("ports: a long protocol", "ports: [{target: 80, protocol: udp}]", "ports[0].protocol", "one of tcp"),
    ("ports: a list", "ports: [[80]]", "ports[0]", "must be a mapping"),
    ("depends_on: unknown", "depends_on: [dbb]", "depends_on[0]", 'no such service db? Accepted: db, shop got: "dbb"'),
    ("depends_on: unknown, mapped", "depends_on: {x: {condition: service_started}}", "depends_on.x", "no such service"),
    ("depends_on: a word", "depends_on: db", "depends_on", "must be a mapping"),
    ("depends_on: twice", "depends_on: [db, db]", "depends_on[1]", "given twice"),
    ("depends_on: itself", "depends_on: [shop]", "depends_on", "in a circle|shop -> shop"),
    ("depends_on: no condition", "depends_on: {db: {}}", "depends_on.db", "condition is missing"),
    (
        "depends_on: a condition",
        "depends_on: {db: {condition: healthy}}",
        "depends_on.db.condition",
        "service_healthy? Acc",
    ),
    ("depends_on: required", "depends_on: {db: {required: true}}", "depends_on.db", "condition is missing"),
    ("depends_on: never healthy", "depends_on: {db: {condition: service_healthy}}", "depends_on.db", "no healthcheck"),
    ("healthcheck: no test", "healthcheck: {interval: 1s}", "healthcheck", "test is missing"),
    ("healthcheck: no command", "healthcheck: {test: [CMD]}", "healthcheck.test", "not a test"),
    ("healthcheck: no CMD", "healthcheck: {test: [curl, localhost]}", "healthcheck.test", '["CMD", "python"'),
    ("healthcheck: empty", "healthcheck: {test: []}", "healthcheck.test", "not a test"),
    ("healthcheck: blank", "healthcheck: {test: ' '}", "healthcheck.test", "runs nothing"),
    ("healthcheck: a number", "healthcheck: {test: a, interval: 10}", "healthcheck.interval", "500ms, 10s or 1m30s"),
    ("healthcheck: a long time", "healthcheck: {test: a, timeout: 25h}", "healthcheck.timeout", "1ms to 24h"),
    ("healthcheck: no time", "healthcheck: {test: a, interval: 0s}", "healthcheck.interval", "1ms to 24h"),
    ("healthcheck: retries", "healthcheck: {test: a, retries: 0}", "healthcheck.retries", "from 1 to 1000"),
    ("healthcheck: disable", "healthcheck: {disable: maybe}", "healthcheck.disable", "one of true, false"),
    ("healthcheck: a key", "healthcheck: {test: a, start: 1s}", "healthcheck.start", "not supported|one of test"),
    ("deploy: a key", "deploy: {resources: {limit: {}}}", "deploy.resources.limit", "not supported limits? Accepted"),
    ("deploy: a mode", "deploy: {mode: global}", "deploy.mode", "not supported here"),
    ("deploy: a policy", "deploy: {restart_policy: {condition: never}}", "deploy.restart_policy.condition", "one of"),
    ("limits: a bare number", "mem_limit: 8388608", "mem_limit", 'quotes around it: "8388608"'),
    ("limits: a gpu", "deploy: {resources: {limits: {gpus: 1}}}", f"{LIMITS}.gpus", "Accepted: cpus, memory, pids"),
    ("limits: no core", "deploy: {resources: {limits: {cpus: 0}}}", f"{LIMITS}.cpus", 'such as "0.5"'),
    ("limits: a word", "deploy: {resources: {limits: {cpus: half}}}", f"{LIMITS}.cpus", 'such as "0.5"'),
    ("limits: Kubernetes' unit", "deploy: {resources: {limits: {memory: 64Mi}}}", f"{LIMITS}.memory", "such as 128m"),
    ("limits: too little", "deploy: {resources: {limits: {memory: 5m}}}", f"{LIMITS}.memory", "6m at least"),
    ("limits: no process", "deploy: {resources: {limits: {pids: 0}}}", f"{LIMITS}.pids", "from 1 to"),
    ("deploy: a word", "deploy: {replicas: two}", "deploy.replicas", "whole number from 0 to 64"),
    ("deploy: less than none", "deploy: {replicas: -1}", "deploy.replicas", "whole number"),
    ("deploy: a fleet", "deploy: {replicas: 1000}", "deploy.replicas", "whole number"),
    ("stop_grace_period", "stop_grace_period: soon", "stop_grace_period", 'got: "soon"'),
    ("stop_grace_period: negative", "stop_grace_period: -1s", "stop_grace_period", "not a duration"),
    ("stop_signal", "stop_signal: SIGTREM", "stop_signal", "SIGTERM? Accepted"),
    ("restart: a bool", "restart: false", "restart", 'quotes around it: "false"'),
    ("restart: a policy", "restart: allways", "restart", "always? Accepted"),
    ("restart: attempts", "restart: always:3", "restart", "on-failure:3 limits it"),
    ("restart: no attempts", "restart: 'on-failure:'", "restart", "not known"),
    (
        "volumes: undeclared",
        "volumes: ['data:/data']",
        "volumes[0]",
        "not declared data: under the file's own volumes:",
    ),
    ("volumes: no source", "volumes: [data]", "volumes[0]", "not a volume"),
    ("volumes: a mode", "volumes: ['./a:/a:x']", "volumes[0]", "not a volume"),
    ("volumes: a relative target", "volumes: ['./a:a']", "volumes[0]", "starts with /"),
    ("volumes: twice", "volumes: ['./a:/a', './b:/a/']", "volumes[1]", "two volumes are mounted at"),
    ("volumes: tmpfs", "volumes: [{type: tmpfs, source: a, target: /a}]", "volumes[0].type", "one of bind, volume"),
    ("volumes: no type", "volumes: [{source: a, target: /a}]", "volumes[0]", "type is missing"),
    ("volumes: a name", "volumes: [{type: volume, source: ./a, target: /a}]", "volumes[0]", "cannot name a volume"),
    ("network_mode: host", "network_mode: host", "network_mode", '"service:name"'),
    ("network_mode: unknown", "network_mode: 'service:dbb'", "network_mode", "no such service db? Accepted"),
    ("network_mode: itself", "network_mode: 'service:shop'", "network_mode", "circle"),
]


def _rows(*table: tuple) -> list:
    return [pytest.param(*row[1:], id=row[0]) for row in table]


def _refusal(folder: Path, text: str) -> StackFileError:
    (folder / "compose.yaml").write_text(text)
    with pytest.raises(StackFileError) as caught:
        read(folder / "compose.yaml", {"EMPTY": ""})
    return caught.value


def _says(error: StackFileError, words: str) -> bool:
    """Whether the message says all of these words, which a | separates."""
    said = " ".join(str(error).replace("expected: ", "").split())
    return all(part in said for part in words.split("|"))


@pytest.mark.parametrize(("text", "line", "key", "words"), _rows(*FILES, *TOGETHER))
def test_read_refuses_a_file(tmp_path: Path, text: str, line: int, key: str, words: str):
    """A file that is not a stack is refused at its line and its key, in words that say what to write instead."""
    error = _refusal(tmp_path, text)
    assert (str(error.place), error.key) == (f"{tmp_path / 'compose.yaml'}:{line}", key)
    assert _says(error, words), str(error)


@pytest.mark.parametrize(("text", "key", "words"), _rows(*KEYS))
def test_read_refuses_a_key(tmp_path: Path, text: str, key: str, words: str):
    """A key that cannot be right is refused at its line and its path, in words that say what to write instead."""
    text = TWO + text
    error = _refusal(tmp_path, text)
    assert (str(error.place), error.key) == (f"{tmp_path / 'compose.yaml'}:7", f"services.shop.{key}")
    assert _says(error, words), str(error)


@pytest.mark.parametrize("what", ["missing.yaml", "folder", "binary.yaml", "nul\0.yaml"])
def test_read_refuses_what_it_cannot_read(tmp_path: Path, what: str):
    """A file that is not there, or is not text, is refused like any other mistake."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary.yaml").write_bytes(b"a: 1\n\xff\xfe")
    with pytest.raises(StackFileError, match=r"cannot read this file|binary\.yaml:2: this is not text"):
        read(tmp_path / what)


def test_a_refusal_says_where_what_and_what_else(tmp_path: Path):
    """The message has the place, the key, what would be accepted and what was got."""
    error = _refusal(tmp_path, TWO + 'ports: ["eight"]')
    assert str(error).splitlines() == [
        f"{tmp_path / 'compose.yaml'}:7: services.shop.ports[0]: this is not a port",
        '  expected: "8000", "8080:8000" or "127.0.0.1:8080:8000"',
        '  got: "eight"',
    ]
