"""Exercise 2.1: deploys of one code that have nothing but the code in common, and a clone of the commit."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from lab02_deploys import Deploys, ask, rows_of, together

from capsize.audit.bench import Config, NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.visitor import Visitor
from workbench.labs.twelve_factor_commit import push

STARTS = "the shop starts with a DATABASE_URL and a SECRET_KEY"


class Harbours:
    """Three deploys: two with files of SQLite, one with PostgreSQL; two with one secret, one with another."""

    def __init__(self, deploys: Deploys) -> None:
        self.deploys, self.judge = deploys, deploys.judge
        self.draw = self.judge.draw
        self.north, self.south, *self.secrets, self.customer = self.draw.names(5)

    async def begin(self) -> None:
        """Deploy the shop three times."""
        server = await self.deploys.place.resource("postgresql")
        self.server = server
        own, other = self.secrets
        self.first = self.deploys.config(self.deploys.file(self.north), own, "north")
        second = self.deploys.config(self.deploys.file(self.south), other, "south")
        self.judge.done("deployed the shop with two files of SQLite and with PostgreSQL, two of the three with one key")
        self.file, self.elsewhere, self.big = await together(
            self.deploys.up("north", self.first, STARTS, line=1, look="DATABASE_URL"),
            self.deploys.up("south", second, STARTS, line=1, look="DATABASE_URL"),
            self.deploys.up("big", self.deploys.config(server, own, "big"), STARTS, line=1, look="DATABASE_URL"),
        )

    async def judge_databases(self) -> None:
        """Judge where orders are: asked of each deploy, and of the databases themselves."""
        self.judge.point(line=1, look="DATABASE_URL")
        orders = {deploy.name: await order(deploy) for deploy in (self.file, self.elsewhere, self.big)}
        failed = [f"{name}: POST /orders gave {answer}" for name, answer in orders.items() if not answer]
        self.judge.claim(not failed, "each deploy takes an order", lambda: failed[0])
        await self._judge_places(orders)
        self.number = orders["north"]
        found = {one.name: (await ask(one, f"/orders/{self.number}")).status for one in (self.elsewhere, self.big)}
        shared = [f"{name} has the order that was placed at north" for name, status in found.items() if status != 404]
        self.judge.claim(not shared, "deploys with other databases do not share an order", lambda: shared[0])

    async def _judge_places(self, orders: dict[str, str]) -> None:
        kept = {name: numbers_in(Path(f"{self.deploys.folder}/{self._of(name)}.db")) for name in ("north", "south")}
        async with rows_of(self.server) as rows:
            kept["big"] = {row["id"] for row in await rows.fetch("SELECT id FROM orders")} if await has(rows) else set()
        lost = [name for name, number in orders.items() if kept[name] != {number}]
        words = "an order is in the database that DATABASE_URL names, be it SQLite or PostgreSQL"
        self.judge.claim(not lost, words, lambda: f"not in that of {lost[0]}: {sorted(kept[lost[0]]) or 'no order'}")

    def _of(self, name: str) -> str:
        return {"north": self.north, "south": self.south}[name]

    async def judge_secret(self) -> None:
        """Judge who knows a customer by a cookie of the first deploy."""
        self.judge.point(line=2, look="SECRET_KEY")
        self.judge.done(f"logged {self.customer} in at one deploy, and showed the cookie to the others")
        visitor = Visitor()
        await ask(self.file, f"POST /login?name={self.customer}", visitor)
        who = {one.name: await known(one, visitor) for one in (self.file, self.big, self.elsewhere)}
        strange = [name for name in ("north", "big") if who[name] != self.customer]
        bad = f"{' and '.join(strange)}: {who[strange[0]]}" if strange else ""
        self.judge.claim(not strange, "deploys with the same SECRET_KEY know the customer", bad)
        bad = "it takes the cookie that the first deploy signed"
        self.judge.claim(who["south"] is None, "a deploy with another SECRET_KEY does not know the customer", bad)

    async def judge_missing(self) -> None:
        """Judge what becomes of a deploy for which a variable was forgotten."""
        for name in ("DATABASE_URL", "SECRET_KEY"):
            self.judge.point(line=3, look=name)
            self.judge.done(f"left out {name}")
            rest = {key: value for key, value in self.first.values.items() if key != name}
            try:
                deploy = await self.deploys.place.deploy("forgotten", Config(rest))
                words: tuple[str, ...] = ()
                got = "it started"
            except NotUp as error:
                deploy, words, got = error.deploy, error.evidence, "its last words do not name it"
            sentence = f"without {name} the shop does not start, and says so"
            said = [*deploy.stderr, *deploy.stdout]
            self.judge.claim(words and any(name in line for line in said), sentence, got, evidence=words)

    async def judge_commit(self) -> None:
        """Judge a clone of what is pushed."""
        self.judge.point(line=4, look="")
        clone = self.deploys.place.home.folder / "clone"
        held_back = push(self.judge.code, clone)
        self.judge.done("pushed the folder, without files that give a secret away, and deployed a clone")
        evidence = [f"not pushed, for it has a secret in it: {place}" for place in held_back]
        where = held_back[0] if held_back else None
        self.judge.claim(not held_back, "no file has a secret in it", f"{where} has one", evidence=evidence, at=where)
        self.first = self.deploys.config(self.deploys.file(self.north), self.secrets[0], "clone")
        deploy = await self.deploys.up("clone", self.first, "a clone of the commit starts", source=clone)
        status = (await ask(deploy, f"/orders/{self.number}")).status
        self.judge.claim(status == 200, "a clone of the commit is the shop", f"GET of the order gave {status}")


async def order(deploy: Deploy) -> str:
    """Place an order and return its number; empty where that fails."""
    answer = await ask(deploy, "POST /orders", visitor := Visitor())
    number = json.loads(answer.text)["id"] if answer.status == 201 else ""
    return number if number and (await ask(deploy, f"/orders/{number}", visitor)).status == 200 else ""


async def known(deploy: Deploy, visitor: Visitor) -> str | None:
    """Return the customer whom a deploy takes a visitor for; the visitor's cookies stay as they are."""
    guest = Visitor()
    guest.cookies.update(visitor.cookies)
    answer = await ask(deploy, "/me", guest)
    return json.loads(answer.text)["customer"] if answer.good else f"nobody, {answer}"


def numbers_in(file: Path) -> set[str]:
    """Return the orders in a file of SQLite."""
    if not file.is_file():
        return set()
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'orders'").fetchall()
        return {number for (number,) in connection.execute("SELECT id FROM orders")} if there else set()
    finally:
        connection.close()


async def has(rows) -> bool:
    """Say whether a server has the table of orders."""
    return await rows.fetchval("SELECT to_regclass('orders') IS NOT NULL")
