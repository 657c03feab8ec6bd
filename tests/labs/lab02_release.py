"""Exercise 2.4: a release and its one-off process, a run that leaves it as it is, and an environment of its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
from lab02_deploys import Deploys, ask, rows_of

from capsize.audit import given
from capsize.audit.bench import NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.experiments import build_release_run
from capsize.audit.settling import Settled
from capsize.audit.subject import Subject
from capsize.audit.visitor import Visitor
from workbench.labs.twelve_factor_wheels import wheels

TABLES = {"carts", "orders"}
REQUESTS = ("/", "/catalogue", "POST /login?name=ada", "/me", "POST /cart?sku=rope", "/cart", "POST /orders", "/report")


class Release:
    """A release of the shop, and the databases that its one-off process works on."""

    def __init__(self, deploys: Deploys) -> None:
        self.deploys, self.judge, self.draw = deploys, deploys.judge, deploys.judge.draw
        self.entries = given.procfile(self.judge.code)
        self.secret, self.empty, self.lost, self.note = self.draw.names(4)

    async def begin(self) -> None:
        """Start a database server, empty."""
        self.server = await self.deploys.place.resource("postgresql")
        self.config = self.deploys.config(self.server, self.secret)

    async def judge_forms(self) -> None:
        """Judge which process brings a database into form: the release's one-off process, the admin's, and not web."""
        self.judge.point(line=1, look="release:" if "release" in self.entries else "web:")
        self.judge.done("read the entries of the Procfile")
        for entry in ("release", "migrate"):
            command = self.entries.get(entry)
            self.judge.claim(command, f"the Procfile has an entry {entry}", f"it has {', '.join(self.entries)}")
            self.judge.done(f"ran its entry {entry} in a copy of the release, with an empty database")
            copy = await self.deploys.place.copy(entry, self.config)
            code = await self.deploys.place.run(copy, self.entries[entry])
            bad, words = f"exit code {code}", copy.last_words
            self.judge.claim(code == 0, f"{entry} ends with exit code 0", bad, evidence=words, look=f"{entry}:")
            async with rows_of(self.server) as rows:
                found = await tables(rows)
                sentence = f"{entry} brings the database into form that DATABASE_URL names"
                self.judge.claim(found >= TABLES, sentence, lambda: f"it has {found or 'no table'}", look=f"{entry}:")  # noqa: B023 - called in this round
                if entry == "release":
                    await rows.execute("DROP TABLE carts, orders")
        await self._judge_web()

    async def _judge_web(self) -> None:
        self.judge.done("started web with another empty database")
        config = self.deploys.config(self.deploys.file(self.empty), self.secret, "empty")
        copy = await self.deploys.place.copy("web", config)
        await self._serve_or_end(copy)
        found = tables_in(self.deploys.folder / f"{self.empty}.db")
        sentence = "the process web changes no database's form"
        self.judge.claim(not found, sentence, lambda: f"it made {', '.join(sorted(found))}", look="web:")

    async def _serve_or_end(self, copy: Deploy) -> None:
        """Start a copy, which may refuse to serve on a database without tables."""
        try:
            await self.deploys.place.start(copy)
        except NotUp:
            return
        await copy.end()

    async def judge_failure(self) -> None:
        """Judge the exit code of a migration whose database is away, and a second run on one that has customers."""
        self.judge.point(line=2, look="release:")
        self.judge.done("ran release and migrate again, and release with a DATABASE_URL where nothing listens")
        async with rows_of(self.server) as rows:
            await rows.execute("INSERT INTO orders VALUES ($1, 'ada', '{}')", self.note)
            await rows.execute("INSERT INTO carts VALUES ($1, 'rope', 3)", self.note)
            for entry in ("release", "migrate"):
                await self._judge_again(entry, rows)
        away = f"postgresql://shop:{self.lost}@127.0.0.1:{self.deploys.place.ports.reserve()}/shop"
        copy = await self.deploys.place.copy("away", self.deploys.config(away, self.secret, "away"))
        code = await self.deploys.place.run(copy, self.entries["release"])
        self.judge.claim(code not in (0, None), "a migration that fails has another exit code than 0", f"it is {code}")

    async def _judge_again(self, entry: str, rows: asyncpg.Connection) -> None:
        copy = await self.deploys.place.copy(f"again-{entry}", self.config)
        code = await self.deploys.place.run(copy, self.entries[entry])
        bad, look = f"exit code {code}", f"{entry}:"
        self.judge.claim(code == 0, "a second run ends with exit code 0", bad, evidence=copy.last_words, look=look)
        orders = await rows.fetchval("SELECT count(*) FROM orders WHERE id = $1", self.note)
        self.judge.claim(orders == 1, "a second run leaves orders as they are", "an order is gone", look=look)
        pieces = await rows.fetchval("SELECT sum(count) FROM carts WHERE customer = $1", self.note)
        bad = f"of 3 pieces {pieces or 0} are in the cart"
        self.judge.claim(pieces == 3, "a second run leaves carts as they are", bad, look=look)

    async def judge_run(self) -> None:
        """Judge a copy that runs, by the audit's own experiment on factor V."""
        self.judge.point(line=3, look="web:")
        self.judge.done("let web run, and saved its files while it ran")
        web = await self.deploys.up("run", self.config, "the release starts and answers")
        subject = Subject(self.deploys.place, Settled(web, self.config))
        found = await build_release_run.judge(subject)
        sentence = "a run changes nothing of its release, and follows no edit of it"
        is_log = found.because.startswith("a run writes") and all(name.endswith(".log") for name in found.evidence)
        holds = found.verdict == "holds" or is_log  # which is for 2.3 to say
        self.judge.claim(holds, sentence, found.because, evidence=found.evidence)
        await web.end()

    async def judge_dependencies(self) -> None:
        """Judge a deploy in an environment that has what is declared, and nothing else."""
        self.judge.point(line=4, look="")
        self.judge.done("made an environment with what requirements.txt declares, and ran the release in it")
        with wheels():
            fresh = await Subject(self.deploys.place).fresh.get()
        config, at = self.config, "requirements.txt"
        sentence = "the release starts in an environment with what requirements.txt declares"
        self.judge.point(look="", line=4)
        web = await self.deploys.up("fresh", config, sentence, programs=fresh.programs, at=at)
        visitor = Visitor()
        for words in REQUESTS:
            answer = await ask(web, words, visitor)
            bad = f"{words} gave {answer}"
            self.judge.claim(answer.good, "each request is answered there", bad, evidence=web.last_words, at=at)


async def tables(rows: asyncpg.Connection) -> set[str]:
    """List the tables that a server has."""
    return {row["tablename"] for row in await rows.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


def tables_in(file: Path) -> set[str]:
    """List the tables in a file of SQLite; none if it is not there."""
    if not file.is_file():
        return set()
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
