"""What containers see and what the kit makes of them, without an engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsize.errors import CapsizeError
from capsize.runtime.host.docker import engine, images
from capsize.runtime.host.docker.container import exit_code
from capsize.runtime.host.docker.environment import ContainerEnvironment, inner_port
from capsize.runtime.probes.clients import from_outside
from capsize.session.hosts import opening
from capsize.stack.model import OUTSIDE, Location, Port, Probe, Service, Stack, Volume

FILE = Path("compose.yaml")
WIRES = {("shop", "s3", 5000): 41_001, (OUTSIDE, "s3", 5000): 41_002}
CODE = Volume("bind", "solutions", "/code")


@pytest.fixture
def shop() -> Service:
    """A shop that calls a store."""
    environment = {
        "PORT": "8000",
        "S3_URL": "http://s3:5000",
        "S3_PUBLIC_URL": "http://localhost:9000",
        "AT": "/code/x",
    }
    return Service("shop", Location(FILE, 1), command=("python",), environment=environment, volumes=(CODE,))


@pytest.fixture
def stack(shop: Service) -> Stack:
    """The shop and its store, which is published at port 9000 of the host."""
    s3 = Service("s3", Location(FILE, 2), image="motoserver/moto:5", ports=(Port(5000, 9000),))
    return Stack("test", FILE, {"s3": s3, "shop": shop})


def test_a_container_calls_wires_by_name(stack: Stack, shop: Service):
    """A service is its wire at Envoy's name, a browser's address stays this machine's, and a path is the file's."""
    seen = ContainerEnvironment(stack, WIRES, {}).environment(shop, "shop-1", 8000, Path("/run"))
    assert seen["S3_URL"] == "http://wires:41001"
    assert seen["S3_PUBLIC_URL"] == "http://127.0.0.1:41002"
    assert (seen["AT"], seen["HOST"], seen["PORT"], seen["HOSTNAME"]) == ("/code/x", "0.0.0.0", "8000", "shop-1")


def test_an_instance_listens_where_its_file_says(stack: Stack, shop: Service):
    """A service listens at its PORT, a part at its image's port, and who is told nothing at 8000."""
    silent = Service("silent", Location(FILE, 3), command=("python",))
    assert [inner_port(one, stack) for one in (shop, stack.services["s3"], silent)] == [8000, 5000, 8000]


@pytest.mark.parametrize(
    ("command", "kind", "path"),
    [
        (("python", "-m", "shop.probe", "/healthy"), "http", "/healthy"),
        (("python", "-m", "shop.probe"), "http", "/ready"),
        (("python", "listens.py"), "exec", "/"),
    ],
)
def test_the_shops_own_probe_is_asked_from_outside(command: tuple[str, ...], kind: str, path: str):
    """What shop.probe would ask inside is asked by HTTP from outside; other commands stay commands."""
    asked = from_outside(Probe("exec", command=command))
    assert (asked.kind, asked.path) == (kind, path)


def test_a_signal_is_told_as_a_processs_is():
    """137 is SIGKILL, 143 is SIGTERM, and exit codes stay what they are."""
    assert [exit_code(status) for status in (0, 1, 127, 137, 143, 255)] == [0, 1, 127, -9, -15, 255]


@pytest.mark.parametrize("host", ["unix:///nowhere.sock", "tcp://127.0.0.1:1", "nonsense"])
def test_no_engine_is_a_sentence(host: str, monkeypatch: pytest.MonkeyPatch):
    """Where no engine answers, the error says where it was looked for and what to do."""
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(CapsizeError) as refused:
        engine.connect(2)
    assert (refused.value.what, refused.value.expected) == ("no Docker engine answers", f"an engine at {host}")
    assert "leave out --on docker" in refused.value.next


def test_a_place_that_there_is_not_is_refused():
    """A word that names no place is refused with those that do."""
    with pytest.raises(CapsizeError, match="expected: processes or docker"):
        opening("moon")


def test_the_image_follows_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A changed file of the shop, or another base, asks for another image; what Python compiled does not."""
    (tmp_path / "src" / "shop" / "__pycache__").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "serve.py").write_text("1")
    first = images.fingerprint(tmp_path)
    (tmp_path / "src" / "shop" / "__pycache__" / "serve.pyc").write_text("2")
    assert images.fingerprint(tmp_path) == first
    (tmp_path / "src" / "shop" / "serve.py").write_text("2")
    second = images.fingerprint(tmp_path)
    monkeypatch.setenv(images.BASE, "mirror/python:3.12")
    assert len({first, second, images.fingerprint(tmp_path)}) == 3
