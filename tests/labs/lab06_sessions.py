"""Exercise 6.1: customers with a cart at three copies, two tabs, a copy that dies, and sessions that end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass

from lab06_store import opened

from capsize.check import Judge
from capsize.check.draw import Draw
from capsize.check.kit import SEED, Excuse, account, during, too_busy, until
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from shop.core.catalogue import ITEMS
from workbench.customers import Answer, Customers, anonymous, tally
from workbench.shoppers import GONE, Shopper, Shoppers

COPIES, SHOPPERS, TABS, ROUNDS, NEWCOMERS = 3, 12, 20, 6, 9
SESSION_SECONDS = Draw(SEED, "6.1").choice((3, 4))
LOOK_EVERY = 0.3  # seconds
PAUSE = 1.5  # seconds that Valkey is silent at most
LOGGED_IN = 0.5  # seconds in which those who log in have come as far as Valkey
FILLED_WITHIN = 20.0  # seconds in which the first piece is in a cart, on a busy machine too
OUT_WITHIN = 15.0  # seconds in which all copies take part again after a death


@dataclass(frozen=True)
class Habit:
    """A customer's uses of a session, in parts of SESSION_SECONDS since it began, and the last look.

    ``is_alive`` says whether the session is there then.
    """

    what: str
    looks: tuple[float, ...]
    last: float
    is_alive: bool


HABITS = (
    Habit("was begun a moment ago", (), 0.8, True),
    Habit("was only begun", (), 1.25, False),
    Habit("was looked at a moment ago", (0.1,), 0.9, True),
    Habit("is looked at from time to time", (0.4,), 1.25, True),
    Habit("was used once", (0.1,), 1.4, False),
    Habit("is used all the time", tuple(part / 10 for part in range(1, 16)), 1.6, True),
)


class Sessions:
    """Customers who share a shop of three copies, and what is expected of their sessions."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge, self.url = stack, judge, stack.url("shop")
        skus = [item.sku for item in ITEMS]
        self.filled, self.other, *self.tabs, self.rare = judge.draw.sample(skus, 5)
        self.pieces = [judge.draw.count(1, 9) for _ in range(2 * TABS)]
        self.victim = judge.draw.victim(stack.service("shop").instances).name

    async def judge_every_copy(self) -> None:
        """Judge that carts filled by one request after the other are the same at every copy, each its own."""
        self.judge.point(look="async def find", line=1)
        self.judge.done(f"had two customers fill a cart each, every request answered by another of {COPIES} copies")
        async with Shopper(self.url) as one, Shopper(self.url) as two:
            for number in range(ROUNDS):
                for shopper, sku in ((one, self.filled), (two, self.filled), (one, self.other)):
                    heard(await shopper.put(sku, self.pieces[number]))
                for shopper in (one, two):
                    wrong = await missing(shopper)
                    sentence = "every copy knows the session, and shows the same cart"
                    self.judge.claim(not wrong, sentence, summed_up(wrong), evidence=[wrong, *history(shopper)[-4:]])
            account(self.judge, [*one.answers, *two.answers], expected={"200"}, look="async def put")
            seen = sorted({answer.by for answer in one.answers})
        self.judge.claim(len(seen) == COPIES, f"{COPIES} copies take part", ", ".join(seen))

    async def judge_tabs(self) -> None:
        """Judge that requests of one session at the same moment all count."""
        self.judge.done(f"put {2 * TABS} times into one cart at the same moment, as two tabs may")
        async with Shopper(self.url) as shopper:
            both = zip(self.tabs * TABS, self.pieces, strict=True)
            answers = await asyncio.gather(*(shopper.put(sku, pieces) for sku, pieces in both))
            wrong = await missing(shopper)
            sentence = f"two tabs lose nothing: all {sum(self.pieces)} pieces are in the cart"
            told = f"answers: {tally(answers)}"
            self.judge.claim(
                not wrong, sentence, summed_up(wrong), evidence=[wrong, told], look="async def put", line=2
            )
            account(self.judge, answers, expected={"200"}, look="async def put", line=2)

    async def judge_habits(self) -> None:
        """Judge when sessions end, by customers of several habits at once."""
        self.judge.done(
            f"had {len(HABITS)} customers use their sessions now and then; sessions last {SESSION_SECONDS} s"
        )
        async with asyncio.TaskGroup() as all_at_once:
            for habit in HABITS:
                all_at_once.create_task(self._judge_habit(habit))

    async def _judge_habit(self, habit: Habit) -> None:
        async with Shopper(self.url) as shopper:
            began = time.monotonic()
            for part in habit.looks:
                await asyncio.sleep(began + part * SESSION_SECONDS - time.monotonic())
                await shopper.look()
            pause = habit.last - (habit.looks or (0.0,))[-1]
            used = time.monotonic() if habit.looks else began
            await asyncio.sleep(used + pause * SESSION_SECONDS - time.monotonic())
            last = await shopper.look()
            if habit.is_alive:
                self._judge_life(habit, shopper, last)
            else:
                await self._judge_end(habit, shopper, last)

    def _judge_life(self, habit: Habit, shopper: Shopper, last: Answer) -> None:
        if last.kind != "200" and shopper.rest >= SESSION_SECONDS:
            raise too_busy(f"a session that {habit.what} was not used for {shopper.rest:.1f} s")
        sentence, bad = f"a session that {habit.what} lives on", f"{last.kind} {last.body}"
        evidence = [*history(shopper)[-4:], f"{shopper.rest:.1f} s passed between two uses at most"]
        self.judge.claim(last.kind == "200", sentence, bad, evidence=evidence, look="async def find", line=4)

    async def _judge_end(self, habit: Habit, shopper: Shopper, last: Answer) -> None:
        sentence = f"a session that {habit.what} has ended (401) after {SESSION_SECONDS} s"
        self.judge.claim(last.kind == "401", sentence, f"{last.kind} {last.body}", look="async def begin", line=4)
        later = [await shopper.put(self.rare), await shopper.look()]
        sentence = "a session that has ended takes nothing, and stays ended (401)"
        self.judge.claim(tally(later) == {"401": 2}, sentence, tally(later), look="async def put", line=4)

    async def judge_death(self) -> None:
        """Judge that no cart lacks what was acknowledged, with a copy killed amid its work."""
        self.judge.done(f"had {SHOPPERS} customers fill their carts, and killed {self.victim}, which waited for Valkey")
        excuse = Excuse(f"{self.victim} was killed", *GONE)
        async with Shoppers(self.url, SHOPPERS) as crowd, Shopper(self.url) as witness:
            over, first = asyncio.Event(), crowd.all[0]
            filling = asyncio.gather(look_on(witness, over), *(self._fill(shopper, over) for shopper in crowd.all))
            await until(lambda: first.sure[self.rare], "a piece is put into a cart (200)", within=FILLED_WITHIN, line=1)
            with excuse:
                await self._kill()
                await until_answered_by(first, COPIES)
            over.set()
            await filling
            lost = [words for words in [await missing(shopper, witness) for shopper in crowd.all] if words]
        words = f"{len(lost)} carts lack what was acknowledged"
        sentence, look = f"0 of {SHOPPERS} carts are lost", "async def put"
        self.judge.claim(not lost, sentence, words, evidence=lost[:4], look=look, line=3)
        answers = [answer for shopper in crowd.all for answer in shopper.answers]
        sentence = "every answer is 200, but for those of the copy that died"
        account(self.judge, answers, expected={"200"}, excused=[excuse], sentence=sentence, look=look, line=3)

    async def _fill(self, shopper: Shopper, over: asyncio.Event) -> None:
        while not over.is_set():
            await shopper.put(self.rare, self.judge.draw.count(1, 3))

    async def _kill(self) -> None:
        """Kill a copy while requests of everybody wait for Valkey, and people log in."""
        async with contextlib.AsyncExitStack() as doors:
            people = [await doors.enter_async_context(anonymous(self.url)) for _ in range(NEWCOMERS)]
            async with during(self.stack.instance("valkey-1").pause):
                coming = asyncio.gather(*map(log_in, people))
                await self._until_all_wait()
                await asyncio.to_thread(self.stack.instance(self.victim).kill)
            await coming

    async def _until_all_wait(self) -> None:
        """Wait until every request waits for Valkey, or a busy machine has had time enough to bring it there."""

        def waiting() -> int:
            return self.stack.edge("outside", "shop").stats().in_flight or 0

        began = time.monotonic()
        while await asyncio.to_thread(waiting) < SHOPPERS + NEWCOMERS and time.monotonic() < began + PAUSE:
            await asyncio.sleep(FRESH)
        await asyncio.sleep(began + LOGGED_IN - time.monotonic())

    async def judge_store(self) -> None:
        """Judge that nothing in Valkey is there for ever: what a dead copy began, and what nobody uses any more."""
        self.judge.done("looked for what Valkey would keep for ever")
        endless = await without_end(self.stack)
        sentence, words = "Valkey keeps nothing of a session for ever", f"{len(endless)} keys have no end"
        self.judge.claim(not endless, sentence, words, evidence=endless[:4], look="async def begin", line=4)


async def without_end(stack: RunningStack) -> list[str]:
    """List the keys of Valkey that never end; of a hash it is enough that each of its fields does."""
    found = []
    async with opened(stack) as valkey:
        for key in await valkey.keys():
            kind = await valkey.type(key)
            fields = await valkey.hkeys(key) if kind == "hash" else []
            has_ends = bool(fields) and -1 not in await valkey.hpttl(key, *fields)
            if await valkey.pttl(key) == -1 and not has_ends:
                found.append(f"{key} ({kind})")
    return found


async def look_on(shopper: Shopper, over: asyncio.Event) -> None:
    """Look into a cart, and nothing else, again and again."""
    while not over.is_set():
        await shopper.look()
        await asyncio.sleep(LOOK_EVERY)


async def log_in(somebody: Customers) -> Answer:
    from shop.core.users import EMAILS, PASSWORD

    return await somebody.ask("POST", "/login", json={"email": EMAILS[1], "password": PASSWORD})


async def until_answered_by(customers: Customers, copies: int) -> None:
    """Wait until so many copies of the shop take part, and none that is gone is asked any more."""
    seen: list[str] = []
    async with asyncio.timeout(OUT_WITHIN):
        while len(set(seen)) < copies or "" in seen:
            seen = [*seen, (await customers.read("/healthz")).by][-3 * copies :]


async def missing(shopper: Shopper, witness: Shopper | None = None) -> str:
    """Say what is wrong with a cart, unless this machine was so slow that its session may have ended.

    Where a witness was answered all the time, it was not the machine that kept the shopper waiting.
    """
    wrong = await shopper.misses()
    heard(shopper.answers[-1])
    if not wrong or shopper.rest < SESSION_SECONDS:
        return wrong
    if witness and witness.rest < SESSION_SECONDS:
        return f"{wrong}, after {shopper.rest:.1f} s without an answer; others had theirs within {witness.rest:.1f} s"
    raise too_busy(wrong, f"nobody was answered for {shopper.rest:.1f} s")


def summed_up(wrong: str) -> str:
    """Say in short what is wrong with a cart, without its items."""
    who, shows, _ = wrong.partition(" shows ")
    return f"{who} shows another cart than was filled" if shows else wrong


def heard(answer: Answer) -> None:
    """Raise TimeoutError where no answer came at all: then it is asked what the shop is at."""
    if answer.kind.endswith("Timeout"):
        raise TimeoutError(f"for {answer.seconds:.0f} s")


def history(shopper: Shopper) -> list[str]:
    return [f"{answer.by or 'nobody'} answered {answer.kind} {answer.body}" for answer in shopper.answers]
