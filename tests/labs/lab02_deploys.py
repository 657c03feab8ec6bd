"""Deploys of the learner's shop as ``capsize audit`` makes them: copies with a disk and an environment of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from capsize.audit import given
from capsize.audit.bench import Bench, Config, NotUp, bench
from capsize.audit.deploy import Deploy
from capsize.audit.programs import KITS_OWN, Programs
from capsize.audit.request_line import RequestLine
from capsize.audit.resources import Attachment, Resource
from capsize.audit.visitor import Reply, Visitor
from capsize.check import Judge

DATABASE = Attachment("DATABASE_URL", "postgresql", "postgresql")


class Deploys:
    """A bench for the files that are judged. ``folder`` is a place of the machine that no deploy has for its own."""

    def __init__(self, place: Bench, judge: Judge) -> None:
        self.place, self.judge = place, judge
        self.folder = place.home.folder / "outside"
        self.folder.mkdir()

    def config(self, database: Resource | str, secret: str, machine: str = "machine") -> Config:
        """Say with what to configure a deploy: a server of PostgreSQL, or the URL of another database.

        Deploys of one ``machine`` see one folder for what runs there.
        """
        here = self.folder / machine
        here.mkdir(exist_ok=True)
        values = {"SECRET_KEY": secret, "XDG_RUNTIME_DIR": str(here), "PYTHONUNBUFFERED": ""}
        if isinstance(database, str):
            return Config({**values, "DATABASE_URL": database})
        return Config(values, {DATABASE: database})

    def file(self, name: str) -> str:
        """Return the URL of a file of SQLite."""
        return f"sqlite:///{self.folder}/{name}.db"

    async def up(self, name: str, config: Config, said: str, **more: Any) -> Deploy:
        """Deploy the shop: its release command, and then its web process. Refuse files that do not start."""
        source, programs = more.pop("source", None), more.pop("programs", None)
        try:
            return await self.place.deploy(name, config, source=source, programs=programs)
        except NotUp as error:
            self.judge.claim(False, said, error.because, evidence=error.evidence, **more)
            raise

    async def another(self, name: str, config: Config, said: str, **more: Any) -> Deploy:
        """Start another copy of what was released already."""
        deploy = await self.place.copy(name, config)
        await self.start(deploy, said, **more)
        return deploy

    async def start(self, deploy: Deploy, said: str, **refusal: Any) -> None:
        """Start a copy, and refuse files that do not start."""
        try:
            await self.place.start(deploy)
        except NotUp as error:
            self.judge.claim(False, said, error.because, evidence=error.evidence, **refusal)


@asynccontextmanager
async def rows_of(server: Resource) -> AsyncIterator[asyncpg.Connection]:
    """Open a server's database beside the shop."""
    connection = await asyncpg.connect(server.url("postgresql", server.port), ssl=False)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def deploys(judge: Judge, folder: str = "") -> AsyncIterator[Deploys]:
    """Open a bench for the learner's files, or for those in a folder of them; its programs are the kit's own."""
    code = judge.code / folder
    entries = given.procfile(code)
    judge.claim(entries.get("web"), "the Procfile says how the process web starts", f"it has {', '.join(entries)}")
    async with bench(given.read(code)) as place:
        place.programs = Programs(KITS_OWN)
        yield Deploys(place, judge)


async def together(*jobs: Coroutine[Any, Any, Any]) -> list[Any]:
    """Await all of them, and raise the first error when all have ended."""
    found = await asyncio.gather(*jobs, return_exceptions=True)
    for error in (one for one in found if isinstance(one, BaseException)):
        raise error
    return list(found)


async def ask(deploy: Deploy, words: str, visitor: Visitor | None = None, within: float = 10.0) -> Reply:
    """Ask a deploy something, ``GET /cart``, as a new visitor or as one who has been here."""
    return await (visitor or Visitor()).ask(deploy.serves_at, RequestLine.read(words, "a request"), within)


def sources(code: Path) -> list[Path]:
    """List the files that somebody could save."""
    return sorted(file for file in code.iterdir() if file.suffix == ".py")
