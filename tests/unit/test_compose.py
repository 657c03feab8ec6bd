"""What the Compose reader makes of files that it accepts."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from capsize.runtime import backing
from capsize.stack import depends_on, healthcheck, images, service
from capsize.stack.compose import read
from capsize.stack.model import Limits, Location, Port, Probe, Restart, Stack, Volume

SHOP = """
x-python: &python
  build: {context: ../.., dockerfile: docker/Dockerfile, args: {LAB: "01"}}
  stop_grace_period: 1m30s
  environment: &common
    LOG_LEVEL: info

services:
  shop:
    <<: *python
    image: capsize/lab
    command: ["python", "-m", "shop.serve", "shop.monolith.app:app"]
    environment:
      <<: *common
      PORT: "8000"
      WORKERS: 2
      DATABASE_URL: postgresql://shop:${DB_PASSWORD:-chandlery}@db:5432/shop
      PRICE: $$5
    ports: ["8080:8000", {target: 9000}, "9001"]
    depends_on:
      db: {condition: service_healthy}
      cache: {condition: service_started}
    healthcheck:
      test: ["CMD", "python", "-m", "shop.probe", "/ready"]
      interval: 500ms
      timeout: 1s
      retries: 2
      start_period: 10s
    stop_signal: SIGINT
    restart: on-failure:3
    volumes: ["${CODE:-../../solutions/01_monolith}:/code:ro", "uploads:/var/uploads"]
  worker:
    <<: *python
    command: python -m worker "two words"
    deploy: {replicas: "${WORKERS:-2}"}
    depends_on: [shop, cache]
    restart: always
  proxy:
    build: .
    command: envoy
    network_mode: "service:shop"
    volumes:
      - {type: bind, source: /etc/envoy, target: /etc/envoy/, read_only: true}
      - {type: volume, source: uploads, target: /uploads}
  db:
    image: postgres:18
    healthcheck: {test: pg_isready}
  cache:
    image: valkey/valkey:9
    command: [valkey-server, --save, ""]
    healthcheck: {disable: true}

volumes:
  uploads:
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "docker" / "01_monolith"
    folder.mkdir(parents=True)
    (folder / "compose.yaml").write_text(SHOP)
    return folder / "compose.yaml"


@pytest.fixture
def shop(file: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    for name in ("CODE", "DB_PASSWORD", "WORKERS"):
        monkeypatch.delenv(name, raising=False)
    return read(file)


def test_read_names_the_stack_after_its_folder(shop: Stack, file: Path):
    """A lab's slug is its folder's name, and so is its stack's."""
    assert (shop.name, shop.file) == ("01_monolith", file)


def test_read_keeps_the_order_of_the_file(shop: Stack):
    """Services come in the order in which a reader meets them."""
    assert list(shop.services) == ["shop", "worker", "proxy", "db", "cache"]


def test_read_knows_where_a_service_stands(shop: Stack, file: Path):
    """Whatever goes wrong with a service later can be told by its line in the file."""
    assert shop.services["shop"].place == Location(file, 9)


def test_read_tells_backing_services_from_the_rest(shop: Stack):
    """With build beside it, image is only a tag; without, it names a backing service."""
    images = {name: service.image for name, service in shop.services.items()}
    assert images == {"shop": None, "worker": None, "proxy": None, "db": "postgres:18", "cache": "valkey/valkey:9"}


def test_read_takes_commands_as_lists_and_as_lines(shop: Stack):
    """A line is split as a shell would split it; a list is taken as it is, empty words and all."""
    commands = [shop.services[name].command for name in ("shop", "worker", "cache", "db")]
    assert commands == [
        ("python", "-m", "shop.serve", "shop.monolith.app:app"),
        ("python", "-m", "worker", "two words"),
        ("valkey-server", "--save", ""),
        (),
    ]


def test_read_merges_and_fills_in_the_environment(shop: Stack):
    """Merge keys, defaults, numbers and $$ come out as a container would see them."""
    assert shop.services["shop"].environment == {
        "LOG_LEVEL": "info",
        "PORT": "8000",
        "WORKERS": "2",
        "DATABASE_URL": "postgresql://shop:chandlery@db:5432/shop",
        "PRICE": "$5",
    }


def test_read_is_filled_in_by_its_variables_alone(file: Path, monkeypatch: pytest.MonkeyPatch):
    """What the caller passes wins over the default; what happens to be set in the shell does not count."""
    monkeypatch.setenv("WORKERS", "3")
    stack = read(file, {"DB_PASSWORD": "secret"})
    url = stack.services["shop"].environment["DATABASE_URL"]
    assert (url, stack.services["worker"].replicas) == ("postgresql://shop:secret@db:5432/shop", 2)


def test_read_takes_ports_in_both_forms(shop: Stack):
    """Short and long ports are the same thing."""
    assert shop.services["shop"].ports == (Port(8000, 8080), Port(9000), Port(9001))


def test_read_makes_a_healthcheck_the_readiness_probe(shop: Stack):
    """A healthcheck maps onto a probe's fields, in seconds."""
    assert shop.services["shop"].readiness == Probe(
        kind="exec",
        command=("python", "-m", "shop.probe", "/ready"),
        period=0.5,
        timeout=1.0,
        start_period=10.0,
        failure_threshold=2,
    )


def test_read_gives_a_bare_healthcheck_dockers_defaults(shop: Stack):
    """A line for the shell is run by sh, every 30 s, and three failures count."""
    assert shop.services["db"].readiness == Probe(
        kind="exec", command=("/bin/sh", "-c", "pg_isready"), period=30.0, timeout=30.0, failure_threshold=3
    )


@pytest.mark.parametrize("check", ["{disable: true}", "{disable: 'true', test: x}", '{test: ["NONE"]}'])
def test_read_leaves_a_disabled_healthcheck_out(tmp_path: Path, check: str):
    """A healthcheck that is switched off, in any of Compose's ways, is no probe."""
    stack = _read(tmp_path, f"services: {{db: {{image: 'postgres:18', healthcheck: {check}}}}}")
    assert stack.services["db"].readiness is None


def test_read_takes_dependencies_with_and_without_conditions(shop: Stack):
    """A list of services means that they have started."""
    assert [dict(shop.services[name].depends_on) for name in ("shop", "worker")] == [
        {"db": "service_healthy", "cache": "service_started"},
        {"shop": "service_started", "cache": "service_started"},
    ]


def test_read_finds_folders_beside_the_file(shop: Stack, file: Path):
    """A relative host folder starts at the Compose file, wherever the caller stands."""
    code = str(file.parents[2] / "solutions" / "01_monolith")
    assert shop.services["shop"].volumes == (
        Volume("bind", code, "/code", read_only=True),
        Volume("shared", "uploads", "/var/uploads"),
    )


def test_read_takes_volumes_in_the_long_form(shop: Stack):
    """The long form says the same as the short one."""
    assert shop.services["proxy"].volumes == (
        Volume("bind", "/etc/envoy", "/etc/envoy", read_only=True),
        Volume("shared", "uploads", "/uploads"),
    )


def test_read_sees_a_sidecar(shop: Stack):
    """network_mode makes a service a sidecar of another."""
    assert shop.services["proxy"].network_of == "shop"


def test_read_takes_the_rules_of_stopping_and_restarting(shop: Stack):
    """Grace, signal and restart policy reach the model; what a file leaves out has Compose's default."""
    taken = [
        (shop.services[name].stop_grace_period, shop.services[name].stop_signal, shop.services[name].restart)
        for name in ("shop", "worker", "db")
    ]
    assert taken == [
        (90.0, "SIGINT", Restart("on-failure", 3)),
        (90.0, "SIGTERM", Restart("always")),
        (10.0, "SIGTERM", Restart("no")),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${X}", "set"),
        ("$X", "set"),
        ("${EMPTY-default}", ""),
        ("${EMPTY:-default}", "default"),
        ("${NONE-}", ""),
        ("${NONE:-a:-b}", "a:-b"),
        ("${X:?must be set}", "set"),
        ("${EMPTY?}", ""),
        ("a$$X-${X}$$", "a$X-set$"),
    ],
)
def test_read_fills_in_variables(tmp_path: Path, text: str, value: str):
    """Every documented form of a variable gives what Compose gives."""
    stack = _read(tmp_path, _with(f"environment: {{IT: '{text}'}}"), X="set", EMPTY="")
    assert stack.services["shop"].environment == {"IT": value}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1m30s", 90.0), ("500ms", 0.5), ("1.5h", 5400.0), ("0s", 0.0), ("1h1m1s1ms", 3661.001), ("2000us", 0.002)],
)
def test_read_takes_durations_as_compose_writes_them(tmp_path: Path, text: str, seconds: float):
    """Hours to microseconds, in one word."""
    stack = _read(tmp_path, _with(f"stop_grace_period: {text}"))
    assert stack.services["shop"].stop_grace_period == pytest.approx(seconds)


def test_read_takes_the_environment_as_a_list(tmp_path: Path):
    """NAME=value lines are the same as a mapping, and only the first = counts."""
    stack = _read(tmp_path, _with("environment: ['URL=http://db/?a=b', 'EMPTY=']"))
    assert stack.services["shop"].environment == {"URL": "http://db/?a=b", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ('{cpus: "0.5", memory: 64m, pids: 20}', Limits(0.5, 64 << 20, 20)),
        ("{cpus: 2}", Limits(cpus=2.0)),
        ("{memory: 1.5GB}", Limits(memory=3 << 29)),
        ('{memory: "8388608"}', Limits(memory=8 << 20)),
        ("{}", Limits()),
    ],
)
def test_read_takes_limits_as_compose_writes_them(tmp_path: Path, text: str, limits: Limits):
    """Cores are numbers, bytes have units of 1024, and what is not said is not limited."""
    stack = _read(tmp_path, _with(f"deploy: {{resources: {{limits: {text}}}}}"))
    assert stack.services["shop"].limits == limits


def test_read_lets_the_nearer_merge_win(tmp_path: Path):
    """Own keys win over merged ones, and the first of several merges over the next."""
    text = "x-a: &a {ONE: a, TWO: a, THREE: a}\nx-b: &b {TWO: b, THREE: b, FOUR: b}\n"
    stack = _read(tmp_path, text + _with("environment: {<<: [*a, *b], THREE: own}"))
    assert stack.services["shop"].environment == {"ONE": "a", "TWO": "a", "THREE": "own", "FOUR": "b"}


def test_read_takes_the_nearest_anchor_above(tmp_path: Path):
    """An anchor may be defined again; an alias means the last one before it."""
    text = "x-a: &a one\nx-b: [*a, &a two]\n"
    stack = _read(tmp_path, text + _with("environment: {A: *a, B: &a three, C: *a}"))
    assert stack.services["shop"].environment == {"A": "two", "B": "three", "C": "three"}


def test_read_does_not_mind_an_x_key(tmp_path: Path):
    """What stands under x- is nobody's business, variables included."""
    assert _read(tmp_path, "x-notes: ['${NOT_SET}', 1]\n" + _with("deploy: {}")).services["shop"].replicas == 1


def test_read_costs_less_than_yaml_alone(tmp_path: Path):
    """Ten services are read sooner than PyYAML's plain loader has parsed them, so reading never shows in a start."""
    one = SHOP.partition("  worker:")[0].partition("  shop:\n")
    ten = "".join(f"  shop{at}:\n" + one[2].replace("8080", str(8100 + at)) for at in range(10))
    file = tmp_path / "compose.yaml"
    file.write_text(one[0] + ten + SHOP[SHOP.index("  db:\n    image") :])
    rounds = [(_seconds(read, file), _seconds(_load, file)) for _ in range(7)]
    assert min(ours for ours, _ in rounds) < min(theirs for _, theirs in rounds)


def _load(file: Path) -> None:
    yaml.safe_load(file.read_text())


def _seconds(what: Callable[[Path], object], file: Path) -> float:
    before = time.process_time()
    what(file)
    return time.process_time() - before


def _with(line: str) -> str:
    return f"services:\n  shop:\n    build: .\n    command: serve\n    {line}\n"


def _read(folder: Path, text: str, **variables: str) -> Stack:
    (folder / "compose.yaml").write_text(text)
    return read(folder / "compose.yaml", variables)


@pytest.mark.parametrize(
    "key", [*service.KEYS, *healthcheck.KEYS, *depends_on.CONDITIONS, *service.SIGNALS, *images.IMAGES]
)
def test_the_subset_is_documented(key: str):
    """Whatever the reader takes stands in docs/compose.md."""
    assert key in (Path(__file__).parents[2] / "docs" / "compose.md").read_text()


@pytest.mark.parametrize("name", [name for part in backing.PARTS for name in part.images])
def test_read_takes_every_image_that_runs_without_docker(tmp_path: Path, name: str):
    """The reader and the runtime agree on the backing services."""
    image = f"{name}:{ {'postgres': '18', 'envoyproxy/envoy': 'v1.40'}.get(name, '2') }"
    assert _read(tmp_path, f"services: {{part: {{image: '{image}'}}}}").services["part"].image == image
    assert set(images.IMAGES) == {name for part in backing.PARTS for name in part.images}
