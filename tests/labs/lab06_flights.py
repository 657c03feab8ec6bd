"""Customers who ask for an item's demand at one moment, and what is expected of the one who works it out."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

import asyncpg
import redis.asyncio

from capsize.check import Judge
from capsize.check.kit import database, during, too_busy, until
from capsize.session.running import RunningStack
from shop.core.catalogue import ITEMS, past_weeks
from shop.stateless.demand import times_worked_out
from workbench.customers import Answer, Customers, tally

CUSTOMERS, COPIES, KEYS = 100, 3, 12
LEAST = 20  # of them, who have to wait at the same moment where a busy machine lets no more in
ASKED_WITHIN = 10.0  # seconds in which a copy that misses an answer asks the database, on a busy machine too
LATE = 5.0  # seconds beyond the lease that a busy machine may take to answer
ENDLESS, GONE = -0.001, -0.002  # what Valkey says of such a key's end, in seconds
SPREAD = 0.02  # of the time that answers are kept, over which their ends have to lie apart


def right(sku: str) -> int:
    """Work an item's demand out from the catalogue."""
    weeks = past_weeks([item.sku for item in ITEMS].index(sku))
    sums = sorted(this + following for this in weeks for following in weeks)
    return sums[math.ceil(0.95 * len(sums)) - 1]


class Flight:
    """Customers who ask for an item's demand, and a hand on the table that it is worked out from."""

    def __init__(self, stack: RunningStack, judge: Judge, customers: Customers, db: asyncpg.Connection) -> None:
        self.stack, self.judge, self.customers, self.db = stack, judge, customers, db
        shop = stack.model.services["shop"].environment
        self.lease, self.kept = float(shop["LEASE_SECONDS"]), float(shop["CACHE_SECONDS"])
        self.password = urlsplit(shop["VALKEY_URL"]).password

    async def ask(self, sku: str) -> Answer:
        return await self.customers.read(f"/demand/{sku}")

    @asynccontextmanager
    async def held(self):
        """Keep the past weeks locked, so that working a demand out takes as long as we want."""
        async with database(self.stack) as hand, hand.transaction():
            await hand.execute("LOCK TABLE orders.past_weeks IN ACCESS EXCLUSIVE MODE")
            yield

    async def judge_one(self) -> None:
        """Judge that those who ask while the answer is worked out wait for it."""
        self.judge.done(f"had {CUSTOMERS} customers ask for one item's demand at the same moment, over {COPIES} copies")
        before, began = await times_worked_out(self.db), time.monotonic()
        async with self.held():
            asking = [asyncio.create_task(self.ask("foghorn")) for _ in range(CUSTOMERS)]
            crowd = await self.until_crowded(asking, began + self.lease / 2)
        answers = await asyncio.gather(*asking)
        leases = (time.monotonic() - began) / self.lease
        times = await times_worked_out(self.db) - before
        self.judge.claim(
            tally(answers) == {"200": CUSTOMERS} and all(a.body == {"pieces": right("foghorn")} for a in answers),
            f"all {CUSTOMERS} are told {right('foghorn')} pieces (200)",
            tally(answers),
            evidence=list({f"{answer.kind} {answer.body}"[:160] for answer in answers})[:3],
        )
        if crowd < LEAST or 1 < times <= 1 + leases:  # who meets a lease that has ended is right to go once more
            raise too_busy(f"{crowd} of {CUSTOMERS} waited at once; all were answered after {leases:.1f} leases")
        evidence = f"counted in the database: {times} more than before"
        sentence, look = f"{CUSTOMERS} misses at once are one query", "await work_out()"
        self.judge.claim(times == 1, sentence, f"{times} queries", evidence=evidence, look=look)

    async def until_crowded(self, asking: list[asyncio.Task[Answer]], deadline: float) -> int:
        """Wait until all wait, or somebody is answered (wrongly, so early), or the deadline; return how many wait."""
        crowd = 0
        while crowd < CUSTOMERS and time.monotonic() < deadline and not any(one.done() for one in asking):
            await asyncio.sleep(0.05)
            crowd = (await asyncio.to_thread(self.stack.edge("outside", "shop").stats)).in_flight or 0
        return crowd

    async def judge_death(self) -> None:
        """Judge that an answer that somebody died over is worked out by somebody else."""
        async with self.held():
            first = asyncio.create_task(self.ask("hawser"))
            holder = await self.at_work()
            await asyncio.to_thread(self.stack.instance(holder).kill)
            await first
        self.judge.done("killed the copy that was working an answer out, and asked again")
        answer, seconds = await self.until_right("hawser")
        self.judge.claim(
            answer.body == {"pieces": right("hawser")},
            f"somebody else works it out, a lease ({self.lease:g} s) later at most",
            f"{answer.kind} {answer.body} after {seconds:.1f} s",
            evidence=f"{holder} was killed",
            look="async def remember",
        )

    async def at_work(self) -> str:
        """Wait until a copy waits for the table, and name it."""
        waiting = "SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname IS NOT NULL"
        asked = partial(self.db.fetchval, waiting)
        return str(await until(asked, "a copy asks the database for the past weeks", within=ASKED_WITHIN))

    async def until_right(self, sku: str) -> tuple[Answer, float]:
        """Ask until it is answered; a copy that is gone is still asked for a moment. Return the last answer."""
        began, answer = time.monotonic(), Answer("no answer", "", 0.0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.lease + LATE):
                while (answer := await self.ask(sku)).kind != "200":
                    await asyncio.sleep(0.05)
        return answer, time.monotonic() - began

    async def judge_failure(self) -> None:
        """Judge that what could not be worked out is not kept."""
        self.judge.done("cut the shop from its database, asked, healed it, and asked again")
        async with during(self.stack.edge("shop", "db").cut):
            failed = await self.ask("grapnel")
        answer, _ = await self.until_right("grapnel")
        self.judge.claim(
            answer.body == {"pieces": right("grapnel")},
            "a failure is not kept: healed, the answer is right",
            f"{answer.kind} {answer.body}",
            evidence=f"without its database the shop answered {failed.kind} {failed.body}"[:200],
            look="await work_out()",
        )

    async def judge_ends(self) -> None:
        """Judge when the answers of one moment will end."""
        self.judge.done(f"had {KEYS} demands worked out at once, and looked when Valkey will forget them")
        skus = [item.sku for item in ITEMS[-KEYS:]]
        address = self.stack.url("valkey")
        async with redis.asyncio.from_url(f"redis://:{self.password}@{address}/0", decode_responses=True) as valkey:
            before, began = set(await valkey.keys()), time.time()
            await asyncio.gather(*map(self.ask, skus))
            took = time.time() - began
            ends = {key: await valkey.pexpiretime(key) / 1000 for key in set(await valkey.keys()) - before}
        self.judge_kept(ends, began)
        late = sorted(end - began for end in ends.values() if end - began > self.kept / 2)
        apart = late[-1] - late[0] - took
        if took > self.kept * SPREAD * 2:
            raise too_busy(f"{KEYS} answers took {took:.1f} s")
        self.judge.claim(
            apart > self.kept * SPREAD,
            "answers worked out together end apart, or they are all missed together",
            f"{len(late)} answers that are kept for {self.kept:g} s end within {late[-1] - late[0]:.2f} s",
            evidence=told(ends, began)[-3:],
            look="await valkey.set",
        )

    def judge_kept(self, ends: dict[str, float], began: float) -> None:
        """Judge that each answer is in Valkey, and ends. Of a key, Valkey says when: in ms, -1 never, -2 it is gone."""
        endless = sorted(key for key, end in ends.items() if end == ENDLESS)
        lines, look = told(ends, began), "await valkey.set"
        words = f"{', '.join(endless[:1])} has no end"
        self.judge.claim(not endless, "every answer ends by itself", words, evidence=lines[-3:], look=look)
        kept = [key for key, end in ends.items() if self.kept / 2 < end - began < self.kept * 1.5]
        self.judge.claim(
            len(kept) >= KEYS,
            f"answers are kept in Valkey, for about CACHE_SECONDS, {self.kept:g} here",
            f"{len(kept)} of {KEYS}",
            evidence=lines[:4] or "no new key is in Valkey",
            look=look,
        )


def told(ends: dict[str, float], began: float) -> list[str]:
    """Write down when each key ends, the earliest first."""
    words = {ENDLESS: "has no end", GONE: "is gone again"}
    ordered = sorted(ends.items(), key=lambda one: one[1])
    return [f"{key} {words.get(end) or f'ends after {end - began:.1f} s'}" for key, end in ordered]
