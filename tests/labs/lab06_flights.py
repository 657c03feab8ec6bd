"""Customers who ask for items' demands at one moment, and what is expected of the copies that work them out."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise

import asyncpg
from lab06_store import AT_ONCE, NEVER, listening, opened
from lab06_store import ends as ends_of

from capsize.check import Judge
from capsize.check.kit import Excuse, account, database, during, too_busy, until
from capsize.session.running import RunningStack
from shop.core.catalogue import ITEMS, WEEKS
from shop.stateless.demand import times_worked_out
from workbench.customers import Answer, Customers, tally
from workbench.shoppers import GONE

CUSTOMERS, COPIES, KEYS, WAITING = 100, 3, 16, 9
CROWDS = (61, 28, 11)  # customers for each of three items
LEAST = 20  # of all, who have to wait at the same moment where a busy machine lets no more in
HELD = 0.45  # of a lease in which an answer is worked out: longer than anybody should look for it in vain
AT_MOST = 0.7  # of a lease, on a busy machine
ASKED_WITHIN = 10.0  # seconds in which a copy that misses an answer asks the database, on a busy machine too
TURN = 1.0  # seconds beyond a lease in which those who wait have noticed that it is over
LATE = 5.0  # seconds beyond the lease that a busy machine may take to answer
HEIRS = 0.3  # seconds in which all are at work who believe that it is their turn
BOTH = 2  # who died over an answer is counted if its query goes on, and who works it out after that
FAILED = ("500", "503", "504")
SPREAD = 0.02  # of the time that answers are kept, over which their ends have to lie apart
APART = 0.05  # seconds between two lifetimes that are not the same
DIFFERENT = COPIES + 2  # lifetimes at least: chance that each copy asks once gives as many as there are copies
WAITS = "SELECT application_name, pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'relation'"


def right(weeks: list[int]) -> int:
    """Work an item's demand out from what its past weeks sold."""
    sums = sorted(this + following for this in weeks for following in weeks)
    return sums[math.ceil(0.95 * len(sums)) - 1]


class Flight:
    """Customers who ask for items' demands, and a hand on the table that these are worked out from."""

    def __init__(self, stack: RunningStack, judge: Judge, customers: Customers, db: asyncpg.Connection) -> None:
        self.stack, self.judge, self.customers, self.db = stack, judge, customers, db
        shop = stack.model.services["shop"].environment
        self.lease, self.kept = float(shop["LEASE_SECONDS"]), float(shop["CACHE_SECONDS"])
        self.skus = judge.draw.sample([item.sku for item in ITEMS], KEYS + 7)
        self.new = judge.draw.names(1)[0]
        self.pieces: dict[str, int] = {}

    async def write_weeks(self, *skus: str, nothing_of: str = "") -> None:
        """Write down other past weeks of these items, as drawn; of one, that nothing was sold."""
        for sku in skus:
            low, high = sorted(self.judge.draw.sample(range(1, 90), 2))
            weeks = [0 if sku == nothing_of else self.judge.draw.count(low, high) for _ in range(WEEKS)]
            self.pieces[sku] = right(weeks)
            insert = "INSERT INTO orders.past_weeks VALUES ($1, $2) ON CONFLICT (sku) DO UPDATE SET sold_by_week = $2"
            await self.db.execute(insert, sku, weeks)

    async def ask(self, sku: str) -> Answer:
        return await self.customers.read(f"/demand/{sku}")

    def is_right(self, sku: str, answer: Answer) -> bool:
        return answer.kind == "200" and answer.body == {"pieces": self.pieces[sku]}

    @asynccontextmanager
    async def held(self):
        """Keep the past weeks locked, so that working a demand out takes as long as we want."""
        async with database(self.stack) as hand, hand.transaction():
            await hand.execute("LOCK TABLE orders.past_weeks IN ACCESS EXCLUSIVE MODE")
            yield

    # one query

    async def judge_one(self) -> None:
        """Judge that those who ask while an answer is worked out wait for it, and for no other."""
        skus = self.skus[:3]
        self.judge.point(look="await work_out()", line=1)
        self.judge.done(
            f"had {CUSTOMERS} customers ask {COPIES} copies for {len(skus)} items' demands at the same moment"
        )
        await self.write_weeks(*self.skus, nothing_of=skus[1])
        wanted = [sku for sku, count in zip(skus, CROWDS, strict=True) for _ in range(count)]
        self.judge.draw.shuffle(wanted)
        before, began = await times_worked_out(self.db), time.monotonic()
        async with self.held():
            asking = [asyncio.create_task(self.ask(sku)) for sku in wanted]
            crowd, at_work = await self.until_crowded(asking, began)
        answers = list(zip(wanted, await asyncio.gather(*asking), strict=True))
        leases = (time.monotonic() - began) / self.lease
        times = await times_worked_out(self.db) - before
        self.judge_answers(answers)
        if (crowd < LEAST and times) or (len(skus) < times <= len(skus) * (1 + leases) and leases > 1):
            raise too_busy(f"{crowd} of {CUSTOMERS} waited at once; all were answered after {leases:.1f} leases")
        evidence = f"counted in the database: {times} more than before"
        sentence = f"{CUSTOMERS} misses at once, for {len(skus)} items, are {len(skus)} queries"
        self.judge.claim(times == len(skus), sentence, f"{times} queries", evidence=evidence)
        first = sorted(min(answer.at for sku, answer in answers if sku == one) for one in skus)
        apart, sentence = first[-1] - first[0], "no item's customers wait for another item's lease"
        words = (
            f"the last were answered {apart:.1f} s after the first, and {at_work} of {len(skus)} were computed at once"
        )
        self.judge.claim(apart < self.lease / 2 and at_work >= len(skus), sentence, words)

    def judge_answers(self, answers: list[tuple[str, Answer]]) -> None:
        wrong = {sku: answer for sku, answer in answers if not self.is_right(sku, answer)}
        told = [f"{sku}: {one.kind} {one.body}, and it is {self.pieces[sku]}"[:160] for sku, one in wrong.items()]
        sentence, got = f"all {len(answers)} are told how many pieces it is (200)", tally(one for _, one in answers)
        words = f"{len(wrong)} items were told otherwise: {got}"
        self.judge.claim(not wrong, sentence, words, evidence=told[:3], line=1)

    async def until_crowded(self, asking: list[asyncio.Task[Answer]], began: float) -> tuple[int, int]:
        """Wait for a part of a lease, longer where few have come in, or until somebody is answered (wrongly, so early).

        Return how many have waited at the same moment, and how many answers were being worked out.
        """
        crowd = at_work = 0
        least, most = began + HELD * self.lease, began + AT_MOST * self.lease
        while not any(one.done() for one in asking):
            is_enough = crowd >= LEAST and at_work >= len(CROWDS)
            if time.monotonic() >= (least if is_enough else most):
                break
            await asyncio.sleep(0.05)
            crowd = max(crowd, (await asyncio.to_thread(self.stack.edge("outside", "shop").stats)).in_flight or 0)
            at_work = max(at_work, len(await self.db.fetch(WAITS)))
        return crowd, at_work

    # death and failure

    async def judge_failures(self) -> None:
        """Judge that nothing is kept of what could not be worked out, and that a death delays nobody for long."""
        unknown, cut, ended = self.new, *self.skus[3:5]
        self.judge.point(look="await work_out()", line=3)
        self.judge.done("had computations fail: by an item that is not there yet, and by two failures of the database")
        failed = {unknown: await self.ask(unknown)}
        sentence, words = (
            "an item that is not there is not found (404)",
            f"{failed[unknown].kind} {failed[unknown].body}",
        )
        self.judge.claim(failed[unknown].kind == "404", sentence, words)
        await self.write_weeks(unknown)
        async with during(self.stack.edge("shop", "db").cut):
            failed[cut] = await self.ask(cut)
        async with self.held():
            asking = asyncio.create_task(self.ask(ended))
            _, pid = await self.at_work()
            await self.db.execute("SELECT pg_terminate_backend($1)", pid)
            failed[ended] = await asking
        answers = [failed[cut], failed[ended]]
        account(self.judge, answers, expected=FAILED, sentence="those who asked then get an error (5xx)")
        for sku, answer in zip(failed, await asyncio.gather(*map(self.asked_again, failed)), strict=True):
            self.judge.claim(
                self.is_right(sku, answer),
                "a failure is not kept: the next answer is right",
                f"{answer.kind} {answer.body}, and it is {self.pieces[sku]}",
                evidence=f"when it failed the shop answered {failed[sku].kind} {failed[sku].body}"[:200],
                line=3,
            )
        await self.judge_death()

    async def asked_again(self, sku: str) -> Answer:
        """Ask once more, and again where a connection was still broken; return the last answer."""
        answer = await self.ask(sku)
        return answer if answer.kind == "200" else await self.ask(sku)

    async def judge_death(self) -> None:
        """Judge that an answer that somebody died over is worked out by somebody else, for all who wait."""
        sku = self.skus[5]
        self.judge.done(f"had {WAITING} customers ask for an item, and killed the copy that was working it out")
        before = await times_worked_out(self.db)
        async with self.held():
            asking = [asyncio.create_task(self.ask(sku)) for _ in range(WAITING)]
            holder, _ = await self.at_work()
            with Excuse(f"{holder} was killed", *GONE) as excuse:
                await asyncio.to_thread(self.stack.instance(holder).kill)
                died = time.monotonic()
                asking.append(asyncio.create_task(self.until_right(sku)))  # who comes a moment later
                await self.judge.eventually(
                    partial(self.is_at_work, holder),
                    f"another copy works it out, a lease ({self.lease:g} s) later at most",
                    lambda: f"none did within {time.monotonic() - died:.1f} s",
                    within=self.lease + TURN,
                    evidence=f"{holder} was killed",
                    look="async def remember",
                    line=2,
                )
                inherited = time.monotonic()
                await asyncio.sleep(HEIRS)
        answers = await asyncio.gather(*asking)
        if (over := time.monotonic() - inherited) > self.lease:
            raise too_busy(f"those who waited were answered {over:.1f} s after another copy had begun")
        sentence = "all who waited get the answer, but for those of the copy that died"
        self.judge.point(look="async def remember", line=2)
        account(self.judge, answers, expected={"200"}, excused=[excuse], sentence=sentence)
        wrong = [answer for answer in answers if answer.kind == "200" and not self.is_right(sku, answer)]
        self.judge.claim(not wrong, "it is the right answer", [answer.body for answer in wrong][:1], line=2)
        times, sentence = await times_worked_out(self.db) - before, "one other copy works it out for all, once"
        evidence = "counted in the database, with the one that died"
        self.judge.claim(times <= BOTH, sentence, f"it was worked out {times} times", evidence=evidence, line=2)

    async def at_work(self) -> tuple[str, int]:
        """Wait until a copy waits for the table, and name it and its connection."""
        what = "a copy asks the database for the past weeks"
        row = await until(partial(self.db.fetchrow, WAITS), what, within=ASKED_WITHIN, line=1)
        return str(row[0]), int(row[1])

    async def is_at_work(self, other_than: str) -> bool:
        """Say whether another copy, or this one after its death, waits for the table."""
        gone = await self.db.fetchval("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", other_than)
        return any(row[0] != other_than or not gone for row in await self.db.fetch(WAITS))

    async def until_right(self, sku: str) -> Answer:
        """Ask until it is answered; a copy that is gone is still asked for a moment. Return the last answer."""
        answer = Answer("no answer", "", 0.0, at=time.monotonic())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.lease + LATE):
                while (answer := await self.ask(sku)).kind != "200":
                    await asyncio.sleep(0.05)
        return answer

    # ends

    async def judge_ends(self) -> None:
        """Judge how long the answers of one moment will be kept, by what Valkey says."""
        self.judge.point(look="await valkey.set", line=4)
        self.judge.done(f"had {KEYS} demands worked out at once, and looked when Valkey will forget them")
        skus = self.skus[7:]
        async with opened(self.stack) as valkey, listening(self.stack) as heard:
            await valkey.flushdb()
            answers = await asyncio.gather(*map(self.ask, skus))
            ends = await ends_of(valkey)
            self.judge_answers(list(zip(skus, answers, strict=True)))
            endless = [" ".join(one).strip() for one, end in ends.items() if end == NEVER]
            self.judge.claim(
                not endless, "every answer ends by itself", f"{len(endless)} have no end", evidence=endless[:3]
            )
            self.judge_moments(dict(heard.waits_for_its_end()))
            self.judge_lifetimes({" ".join(one).strip(): end - heard.written(*one) for one, end in ends.items()})
            await self.judge_forgotten(valkey, *self.judge.draw.sample(skus, 2))

    def judge_moments(self, waits: dict[str, float]) -> None:
        late = {key: seconds for key, seconds in waits.items() if seconds > AT_ONCE}
        self.judge.claim(
            2 * len(late) <= len(waits),  # a busy machine may stop Valkey between two commands of one transaction
            "no key is without an end for a moment, in which its writer might die",
            lambda: f"{len(late)} keys were, for {1000 * max(late.values()):.2f} ms",
            evidence=[
                f"{key} was written without an end; {1000 * s:.2f} ms later it got one" for key, s in late.items()
            ][:3],
        )

    def judge_lifetimes(self, lifetimes: dict[str, float]) -> None:
        """Judge the seconds for which each key is kept: about as long as is asked for, and no two alike."""
        told = [f"{key} is kept for {lifetimes[key]:.2f} s" for key in sorted(lifetimes, key=lifetimes.__getitem__)]
        kept = sorted(seconds for seconds in lifetimes.values() if self.kept / 2 < seconds < self.kept * 1.5)
        self.judge.claim(
            len(kept) >= KEYS,
            f"answers are kept in Valkey, for about CACHE_SECONDS, {self.kept:g} here",
            f"{len(kept)} of {KEYS}",
            evidence=told[-4:] or "no new key is in Valkey",
        )
        different = 1 + sum(later - earlier > APART for earlier, later in pairwise(kept))
        self.judge.claim(
            different >= DIFFERENT and kept[-1] - kept[0] > self.kept * SPREAD,
            "answers worked out together end apart, or they are all missed together",
            f"{len(kept)} answers are kept for {different} different times, {kept[-1] - kept[0]:.2f} s apart at most",
            evidence=told[-3:],
        )

    async def judge_forgotten(self, valkey, *skus: str) -> None:
        """Judge that what Valkey has forgotten is worked out anew: no copy knows it by heart."""
        self.judge.done("had Valkey forget them, and past weeks change")
        await self.write_weeks(*skus)
        await valkey.flushdb()
        asked = [sku for sku in skus for _ in range(2 * COPIES)]
        for sku, answer in [(sku, await self.ask(sku)) for sku in asked]:
            words = f"{answer.by} says {answer.body}, and it is {self.pieces[sku]} now"
            sentence = "what Valkey has forgotten is worked out anew: answers are kept in Valkey alone"
            self.judge.claim(self.is_right(sku, answer), sentence, words, look="async def remember")
