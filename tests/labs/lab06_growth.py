"""Exercise 6.4: a shop that grows under load, and what its copies take of the database's connections."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from capsize.check import Judge
from capsize.check.draw import Draw
from capsize.check.kit import SEED, account, database, only
from capsize.errors import CapsizeError
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from capsize.stack.model import Stack
from workbench.customers import Answer, anonymous, tally
from workbench.labs import stateless_scaling as growth

MOST = 4
BUDGET = Draw(SEED, "6.4").choice((7, 11, 15))  # one, two or three for each copy, and three that nobody may take
ANNEX, ANNEX_COPIES = Draw(SEED, "6.4 annex").choice((50, 51, 52, 53)), 6  # of another shop of one copy: eight
RESERVED, OURS = 3, 2  # connections that PostgreSQL keeps for its administrators, and the check's own
SIDE_BY_SIDE = 1.5  # copies at work at a time: those that wait for each other are never more than one
CROWD = 12  # customers for each copy, who all want a connection
STRANGERS = 24  # customers who ask for what is not there
SETTLED = 3  # readings of the wires in a row that count the same connections
ANSWERED_WITHIN = 10.0  # seconds in which somebody who asks for what is not there is told so


def small_database(stack: Stack) -> Stack:
    """Have the shop share few connections, beside an annex that shares others, and PostgreSQL grant just these."""
    kept = only("shop", "db", "valkey", "s3", DB_CONNECTIONS=BUDGET, MOST_COPIES=MOST)(stack)
    most = BUDGET + ANNEX // ANNEX_COPIES + OURS + RESERVED
    db = replace(kept.services["db"], command=("postgres", "-c", f"max_connections={most}"))
    shop = kept.services["shop"]
    environment = {**shop.environment, "DB_CONNECTIONS": str(ANNEX), "MOST_COPIES": str(ANNEX_COPIES)}
    annex = replace(shop, name="annex", environment=environment, replicas=1)
    return replace(kept, services={**kept.services, "db": db, "annex": annex})


class Connections:
    """A shop and its annex, and what both take of one database."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        judge.point(look="def pool")

    async def judge_all(self) -> None:
        """Judge the growth of the shop, and the connections of all its copies and of the annex."""
        self.judge.done(f"started the shop with DB_CONNECTIONS={BUDGET} and MOST_COPIES={MOST}")
        await self.judge_strangers()
        grown, broken = growth.Growth(), None
        self.judge.done(f"had {growth.CROWD} customers at one copy and at {MOST}")
        async with database(self.stack) as db:
            try:
                await growth.measure(self.stack.url("shop"), db, self.scale, MOST, grown)
            except CapsizeError as error:  # a copy did not start, perhaps because the others have all connections
                broken = error
        evidence = [*grown.lines(), told(answer for _, answer in grown.answers)]
        self.judge_within(grown.connections, evidence)
        if broken:
            raise broken
        self.judge_growth(grown)
        await self.judge_shares()

    async def scale(self, copies: int) -> None:
        await asyncio.to_thread(self.stack.service("shop").scale, copies)

    async def judge_strangers(self) -> None:
        """Judge that those who ask for what is not there take no connection with them."""
        self.judge.done(f"had {STRANGERS} customers ask for what is not there")
        skus = self.judge.draw.names(STRANGERS)
        asking = [asyncio.create_task(ask(self.stack.url("shop"), [sku])) for sku in skus]
        await asyncio.wait(asking, timeout=ANSWERED_WITHIN)
        answered = [one.result() for one in asking if one.done()]
        for one in asking:
            one.cancel()
        sentence, words = "all are answered", f"{STRANGERS - len(answered)} had no answer after {ANSWERED_WITHIN:g} s"
        self.judge.claim(len(answered) == STRANGERS, sentence, words, evidence=told(answered), line=1)
        self.judge_within(evidence=told(answered))
        account(self.judge, answered, expected={"404"}, sentence="all are told that it is not there (404)", line=1)

    def judge_within(self, connections: int = 0, evidence: object = ()) -> None:
        """Judge that nobody else's connections were taken: PostgreSQL has a few more than it grants the shop."""
        refused = "too many clients" in self.stack.logs("db", 4000)
        self.judge.claim(
            connections <= BUDGET and not refused,
            f"the copies together stay within the {BUDGET} connections that PostgreSQL grants them",
            f"{connections} at once{', and PostgreSQL refused more' if refused else ''}",
            evidence=evidence,
            line=2,
        )

    def judge_growth(self, grown: growth.Growth) -> None:
        """Judge that every request was answered, and that copies do not wait for each other."""
        answers = [answer for _, answer in grown.answers]
        account(self.judge, answers, expected={"200"}, sentence="no request fails while the shop grows", line=1)
        one, several = grown.crowds
        self.judge.claim(
            several.side_by_side >= SIDE_BY_SIDE,
            f"the {MOST} copies work at the same moment, {SIDE_BY_SIDE:g} of them or more on average",
            f"{several.side_by_side:.1f}, and {several.rate / one.rate:.1f} times the deliveries of one copy",
            evidence=grown.lines,
            line=3,
        )

    async def judge_shares(self) -> None:
        """Judge how many connections each takes when more customers than that want one at the same moment."""
        self.judge.done(f"had {CROWD} customers for each copy wait for the database, and as many at an annex")
        urls = [*[self.stack.url("shop")] * MOST, self.stack.url("annex")]
        async with database(self.stack) as hand, hand.transaction():
            await hand.execute("LOCK TABLE inventory.items IN ACCESS EXCLUSIVE MODE")
            asking = [asyncio.create_task(ask(url, growth.DELIVERY["skus"][:1])) for url in urls * CROWD]
            taken = await self._settled()
        answers = await asyncio.gather(*asking)
        share, settings = ANNEX // ANNEX_COPIES, f"DB_CONNECTIONS={ANNEX}, MOST_COPIES={ANNEX_COPIES}"
        self._judge_share("four copies", BUDGET, taken["shop"], f"DB_CONNECTIONS={BUDGET}, MOST_COPIES={MOST}")
        self._judge_share("one copy", share, taken["annex"], settings)
        account(self.judge, answers, expected={"200"}, sentence="all who waited are answered", line=1)

    def _judge_share(self, who: str, most: int, taken: int, settings: str) -> None:
        words = f"{taken} of {most}, with {settings}"
        self.judge.claim(taken <= most, f"{who} take no more connections than their share", words, line=2)
        sentence = f"{who} take at least half of their share when customers wait for it"
        self.judge.claim(2 * taken >= most, sentence, words, line=2)

    async def _settled(self) -> dict[str, int]:
        """Wait until the wires count the same connections several times in a row, and return how many there are."""
        readings: list[dict[str, int]] = []
        while len(readings) < SETTLED or any(one != readings[-1] for one in readings[-SETTLED:]):
            await asyncio.sleep(FRESH * 1.25)
            stats = await asyncio.to_thread(self.stack.stats)
            readings.append({name: stats[f"{name}>db"].connections for name in ("shop", "annex")})
        return readings[-1]


async def ask(url: str, skus: list[str]) -> Answer:
    async with anonymous(url) as customer:
        return await customer.ask("POST", "/crates", json={"skus": skus})


def told(answers: Iterable[Answer]) -> str:
    return f"answers: {tally(answers)}"
