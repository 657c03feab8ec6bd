"""Deploys of lab 02's shop for its experiments: each has its own disk, and is configured by its environment alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from capsize.audit import given
from capsize.audit.bench import Bench, Config, bench
from capsize.audit.deploy import Deploy
from capsize.audit.programs import KITS_OWN, Programs
from capsize.audit.request_line import RequestLine
from capsize.waiting import came_true

PAGES = 5  # of a report: a second of work
BEGUN = 0.8  # seconds in which requests have begun


class Machine:
    """A machine on which the files of a lab are deployed, several times if need be."""

    def __init__(self, place: Bench) -> None:
        self.place = place

    async def deploy(self, **environment: str) -> Deploy:
        """Deploy once more, on a disk that is new and empty, and wait until it answers."""
        run = self.place.home.folder / f"run-{len(self.place.deploys)}"
        run.mkdir()
        return await self.place.deploy("deploy", Config({"XDG_RUNTIME_DIR": str(run), **environment}))

    async def postgres(self) -> str:
        """Start a server of PostgreSQL, and return its URL."""
        server = await self.place.resource("postgresql")
        return server.url("postgresql", server.port)

    def file(self, name: str) -> str:
        """Return the URL of a file of SQLite beside all deploys."""
        return f"sqlite:///{self.place.home.folder}/{name}.db"


@asynccontextmanager
async def machine(lab: Any) -> AsyncIterator[Machine]:
    """Open a machine for the files of a lab as a notebook holds it; nothing is left of it."""
    async with bench(given.read(lab.lab.code())) as place:
        place.programs = Programs(KITS_OWN)
        yield Machine(place)


async def asked(deploy: Deploy, words: str) -> Any:
    """Ask a deploy something, and return the answer's JSON."""
    return json.loads((await deploy.ask(RequestLine.read(words, "a request"))).text)


def log_lines(deploy: Deploy, words: str) -> int:
    """Count the lines of the log file on a deploy's disk that have some words in them; 0 where there is no file."""
    log = deploy.release / "chandlery.log"
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    return sum(words in line for line in lines)


async def reports_at_sigterm(stack: Any, count: int) -> list[int]:
    """Have customers wait for reports when the first copy gets SIGTERM; return the statuses that they get."""
    front = stack.edge("outside", "shop")
    async with httpx.AsyncClient(base_url=stack.url(), trust_env=False, timeout=30) as browser:
        waiting = [asyncio.create_task(browser.get(f"/report?pages={PAGES}")) for _ in range(count)]
        await came_true(lambda: (front.stats().in_flight or 0) >= count, BEGUN)
        await asyncio.to_thread(stack.instance("shop-1").restart)
        return [answer.status_code for answer in await asyncio.gather(*waiting)]


async def differing(one: Deploy, other: Deploy) -> int:
    """Count the values of config.toml that two deploys show differently."""
    values = [{**await asked(each, "/"), **await asked(each, "/catalogue")} for each in (one, other)]
    return sum(values[1].get(name) != value for name, value in values[0].items())
