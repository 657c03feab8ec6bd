"""The check of lab 06's task on your own: partners who ask too often, just often enough, and around an edge."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import redis.asyncio
from lab06_store import opened

from capsize.check import Judge, exercise
from capsize.check.kit import only
from capsize.session.running import RunningStack
from shop.core.catalogue import ITEMS
from workbench.customers import Answer, Customers, anonymous, tally, unusual

QUOTES, PER_SECONDS, COPIES = 7, 1.5, 3
BURST = 5 * QUOTES
WINDOWS = 3  # of PER_SECONDS, for which the greediest goes on
GRAIN = 0.02  # seconds by which an answer may round its clock
FILE = "async def allow"


@dataclass(frozen=True)
class Asked:
    """One request: what came back, and between which two moments it was decided."""

    sent: float
    answered: float
    answer: Answer

    @property
    def is_given(self) -> bool:
        return self.answer.kind == "200"

    def __str__(self) -> str:
        return f"{self.answer.by} answered {self.answer.kind} after {self.answered - self.sent:.3f} s"


@dataclass
class Partner:
    """One that asks for quotes, and remembers every answer."""

    desk: Customers
    name: str
    asked: list[Asked] = field(default_factory=list)

    async def ask(self) -> None:
        """Ask for one quote."""
        sku = ITEMS[len(self.asked) % len(ITEMS)].sku
        sent = time.monotonic()
        answer = await self.desk.ask("GET", f"/quotes/{sku}", headers={"Partner": self.name})
        self.asked.append(Asked(sent, time.monotonic(), answer))

    async def burst(self, count: int) -> None:
        """Ask for so many quotes at the same moment."""
        await asyncio.gather(*(self.ask() for _ in range(count)))

    async def insist(self, seconds: float) -> None:
        """Ask again and again, a few requests at a time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self.burst(4)
            await asyncio.sleep(GRAIN)

    @property
    def given(self) -> list[Asked]:
        return [one for one in self.asked if one.is_given]

    def too_many(self) -> list[Asked]:
        """Return answers that were all given within PER_SECONDS, one or more too many; none where that is not sure."""
        for first in self.given:
            end = first.sent + PER_SECONDS - GRAIN
            within = [one for one in self.given if one.sent >= first.sent and one.answered < end]
            if len(within) > QUOTES:
                return within
        return []

    def unjust(self) -> Asked | None:
        """Return a refusal that came while fewer than QUOTES answers can have counted; None where that is not sure."""
        return next((one for one in self.asked if one.answer.kind == "429" and self._counting(one) < QUOTES), None)

    def _counting(self, refused: Asked) -> int:
        since = refused.sent - PER_SECONDS - GRAIN
        return sum(one.answered > since and one.sent < refused.answered for one in self.given)


@exercise("6.own", changed=only("quotes", "valkey", QUOTES=QUOTES, PER_SECONDS=PER_SECONDS))
async def test_a_partner_gets_what_was_agreed(stack: RunningStack, judge: Judge):
    """Whatever the pattern, no window holds too many answers, no refusal is unjust, and nothing stays behind."""
    judge.point(look=FILE)
    async with anonymous(stack.url("quotes"), at_once=100) as desk, opened(stack) as valkey:
        before = await valkey.dbsize()
        greedy, careful, late = (Partner(desk, name) for name in judge.draw.names(3))
        await asyncio.gather(overdo(greedy), keep_to_the_limit(careful), ask_around_an_edge(late))
        judge_answers(judge, [greedy, careful, late])
        judge_limit(judge, [greedy, late])
        judge_refusals(judge, [greedy, careful, late])
        judge.done(f"waited for {2 * PER_SECONDS:g} s, in which nobody asked")
        await judge.eventually(
            lambda: is_as_before(valkey, before),
            "who has stopped asking leaves nothing behind in Valkey",
            "keys are still there",
            within=2 * PER_SECONDS + 1,
            line=3,
        )


async def is_as_before(valkey: redis.asyncio.Redis, before: int) -> bool:
    return await valkey.dbsize() <= before


async def overdo(greedy: Partner) -> None:
    """Ask for far too many quotes at once, and go on asking."""
    await greedy.burst(BURST)
    await greedy.insist(WINDOWS * PER_SECONDS)


async def keep_to_the_limit(careful: Partner) -> None:
    """Ask for all that was agreed at once, and for as many when these do not count any more."""
    for _ in range(WINDOWS):
        await careful.burst(QUOTES)
        await asyncio.sleep(PER_SECONDS + 2 * GRAIN)


async def ask_around_an_edge(late: Partner) -> None:
    """Ask once, let most of a window pass, and ask then for what is left of it, and beyond its end."""
    await late.ask()
    await asyncio.sleep(0.8 * PER_SECONDS)
    await late.burst(QUOTES - 1)
    await late.insist(PER_SECONDS)


def judge_answers(judge: Judge, partners: list[Partner]) -> None:
    """Judge that each request was answered in one of the two ways, and that every copy was asked."""
    judge.done(f"{len(partners)} partners asked {COPIES} copies, which may give each {QUOTES} in {PER_SECONDS:g} s")
    answers = [one.answer for partner in partners for one in partner.asked]
    odd = unusual(answers, "200", "429")
    judge.claim(
        not odd, "every request is answered, or refused with 429", f"answers: {tally(answers)}", evidence=odd, line=1
    )
    seen = {answer.by for answer in answers}
    judge.claim(len(seen) == COPIES, f"{COPIES} copies take part", ", ".join(sorted(seen)), line=1)


def judge_limit(judge: Judge, partners: list[Partner]) -> None:
    """Judge that no window holds more answers than were agreed."""
    judge.done(f"one sent {BURST} requests at once and went on; another asked around the end of its first window")
    found = max((partner.too_many() for partner in partners), key=len)
    judge.claim(
        not found,
        f"in any {PER_SECONDS:g} s a partner gets {QUOTES} answers at most",
        lambda: f"{len(found)} answers in {found[-1].answered - found[0].sent:.2f} s",
        evidence=found[:8],
        line=1,
    )


def judge_refusals(judge: Judge, partners: list[Partner]) -> None:
    """Judge that nobody was refused who had not had what was agreed."""
    judge.done(f"a third asked for {QUOTES} at once, and again when these were {PER_SECONDS:g} s old")
    found = next(((partner, one) for partner in partners if (one := partner.unjust())), None)
    judge.claim(
        not found,
        "nobody is refused who has had fewer",
        lambda: f"{found[0].name} was refused after {len(found[0].given)} answers, and not all of them count any more",
        evidence=lambda: [found[1], *found[0].given[-QUOTES:]],
        line=2,
    )
