"""Backing services for an app under audit: started from the kit's parts, and known to the app by a URL alone."""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import anyio

from capsize.errors import CapsizeError
from capsize.runtime import backing
from capsize.runtime.host.processes.client import SpawnerClient
from capsize.runtime.host.processes.host import run_below
from capsize.runtime.ports import Ports
from capsize.stack.model import Location, Service
from capsize.waiting import came_true

SERVES_WITHIN = 60.0  # seconds until a backing service has to serve
IMAGES = {"postgresql": "postgres:18", "redis": "valkey/valkey"}
SCHEMES = {"postgres": "postgresql", "postgresql": "postgresql", "redis": "redis", "valkey": "redis"}
NAMES = {  # what a variable without a value is taken for
    "postgresql": re.compile(r"(?:^|_)(?:DATABASE|POSTGRES(?:QL)?|PG|DB)_?(?:URL|URI|DSN)$"),
    "redis": re.compile(r"(?:^|_)(?:REDIS|VALKEY)(?:_TLS|_CACHE)?_?(?:URL|URI|DSN)$"),
}


@dataclass(frozen=True)
class Attachment:
    """A variable that names a backing service: ``kind`` is what it is, ``scheme`` how the app's clients call it."""

    name: str
    kind: str
    scheme: str


def by_value(config: Mapping[str, str]) -> list[Attachment]:
    """Say which variables name backing services that the kit has, by what they say."""
    schemes = {name: urlsplit(value).scheme for name, value in config.items()}
    return [Attachment(name, kind, scheme) for name, scheme in schemes.items() if (kind := _kind(scheme))]


def by_name(names: Iterable[str]) -> list[Attachment]:
    """Say which variables name backing services that the kit has, by how they are called."""
    return [Attachment(name, kind, kind) for name in names if (kind := _kind_of_name(name))]


def is_file_database(value: str) -> bool:
    """Say whether a URL names a file of SQLite."""
    return urlsplit(value).scheme.startswith("sqlite")


def _kind(scheme: str) -> str:
    return SCHEMES.get(scheme.partition("+")[0], "")


def _kind_of_name(name: str) -> str:
    return next((kind for kind, pattern in NAMES.items() if pattern.search(name)), "")


@dataclass(frozen=True)
class Resource:
    """A backing service that serves at ``port``, and the rest of its URL."""

    kind: str
    port: int
    user: str
    password: str
    path: str

    def url(self, scheme: str, port: int) -> str:
        """Return its URL with the scheme that the app's clients know, by way of a tap's port."""
        return f"{scheme}://{self.user}:{self.password}@127.0.0.1:{port}/{self.path}"


async def start(home: SpawnerClient, ports: Ports, kind: str, number: int) -> Resource:
    """Start a new, empty backing service. It ends with its home. Raise CapsizeError where it does not serve."""
    service, resource = _describe(kind, ports.reserve())
    part = backing.find(IMAGES[kind]).run_by(functools.partial(run_below, home))
    folder = home.folder / f"{kind}-{number}"
    folder.mkdir(mode=0o700)
    program = await anyio.to_thread.run_sync(part.program, service, folder, resource.port)
    log = Path(f"{folder}.log")
    user, stop = program.user, program.stop_signal
    child = await home.spawn(program.argv, env=program.env, cwd=program.cwd, log=log, user=user, stop=stop)
    await came_true(lambda: child.ended.is_set() or part.ready(service, folder, resource.port), within=SERVES_WITHIN)
    if child.ended.is_set() or not await part.serves(service, folder, resource.port):
        words = log.read_text(encoding="utf-8", errors="replace").splitlines()
        raise CapsizeError(f"{IMAGES[kind]} does not serve here", evidence=words[-5:], next="capsize doctor")
    return resource


def _describe(kind: str, port: int) -> tuple[Service, Resource]:
    password, here = secrets.token_hex(8), Location(Path("audit"), 0)
    if kind == "redis":
        command = ("valkey-server", "--requirepass", password)
        return Service(kind, here, IMAGES[kind], command, {}), Resource(kind, port, "default", password, "0")
    account = {"POSTGRES_USER": "audit", "POSTGRES_PASSWORD": password, "POSTGRES_DB": "audit"}
    return Service(kind, here, IMAGES[kind], (), account), Resource(kind, port, "audit", password, "audit")
