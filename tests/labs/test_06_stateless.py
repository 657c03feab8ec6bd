"""The checks of lab 06: carts that outlive a copy, drawings that pass the shop by, one flight for a hundred, growth."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from lab06_drawings import UPLOAD_SECONDS, Upload
from lab06_flights import CUSTOMERS, Flight

from capsize.check import Judge, exercise
from capsize.check.kit import browser, database, during, only, too_busy, until
from capsize.errors import CapsizeError
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from capsize.stack.model import Stack
from workbench.customers import Answer, Customers, tally
from workbench.labs import stateless_scaling as growth
from workbench.shoppers import Shopper, Shoppers

COPIES, SHOPPERS, TABS, ROUNDS = 3, 12, 20, 6
DEADLINE = 120  # seconds, for a busy machine
SESSION_SECONDS = 4
PAUSE = 1.5  # seconds that Valkey is silent at most
LEASE_SECONDS = 5  # in which a hundred customers come in, on a busy machine too
FILLED_WITHIN = 20.0  # seconds in which the first piece is in a cart, on a busy machine too
BUDGET, CONNECTIONS, MOST = 8, 14, 4  # two for each copy: neither today's share nor half of it
SIDE_BY_SIDE = 1.5  # copies at work at a time: those that wait for each other are never more than one


SHOP = ("shop", "db", "valkey", "s3")


async def until_answered_by(customers: Customers, copies: int) -> None:
    """Wait until so many copies of the shop take part, and none that is gone is asked any more."""
    seen: list[str] = []
    async with asyncio.timeout(15):
        while len(set(seen)) < copies or "" in seen:
            seen = [*seen, (await customers.read("/healthz")).by][-3 * copies :]


# 6.1


@exercise("6.1", deadline=DEADLINE, changed=only(*SHOP, SESSION_SECONDS=SESSION_SECONDS))
async def test_a_cart_outlives_every_copy(stack: RunningStack, judge: Judge):
    """Any copy serves any cart, two tabs lose nothing, a copy may die, and a session ends when nobody uses it."""
    url = stack.url("shop")
    async with Shopper(url) as reader, Shopper(url) as idler, Shopper(url) as shopper:
        await judge_every_copy(judge, shopper)
        await asyncio.gather(reader.put("ensign"), idler.put("ensign"))
        reading = asyncio.create_task(read_on(reader))
        left = time.monotonic()
        async with Shopper(url) as tabs:
            await judge_tabs(judge, tabs)
        async with Shoppers(url, SHOPPERS) as crowd:
            await judge_death(stack, judge, crowd, reader)
        await asyncio.sleep(left + 1.5 * SESSION_SECONDS - time.monotonic())
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await judge_ends(judge, reader, idler)


async def judge_every_copy(judge: Judge, shopper: Shopper) -> None:
    """Judge that a cart filled by one request after the other is the same at every copy."""
    judge.done(
        f"filled one cart by {ROUNDS} requests, each answered by the next of {COPIES} copies, and looked after each"
    )
    for _ in range(ROUNDS):
        heard(await shopper.put("shackle"))
        wrong = await missing(shopper)
        sentence = "every copy knows the session, and shows the same cart"
        judge.claim(not wrong, sentence, wrong, evidence=history(shopper), look="async def find")
    seen = sorted({answer.by for answer in shopper.answers})
    judge.claim(len(seen) == COPIES, f"{COPIES} copies take part", ", ".join(seen))


async def judge_tabs(judge: Judge, tabs: Shopper) -> None:
    """Judge that requests of one session at the same moment all count."""
    judge.done(f"put {2 * TABS} pieces into one cart at the same moment, as two tabs may")
    await asyncio.gather(*(tabs.put(sku) for sku in ("oakum", "thimble") * TABS))
    wrong = await missing(tabs)
    sentence = f"two tabs lose nothing: {TABS} of each item are in the cart"
    judge.claim(not wrong, sentence, wrong, evidence=f"answers: {tally(tabs.answers)}", look="async def put")


async def judge_death(stack: RunningStack, judge: Judge, crowd: Shoppers, reader: Shopper) -> None:
    """Judge that no cart lacks what was acknowledged, with a copy killed in the midst of it, and another looked at."""
    judge.done(f"had {SHOPPERS} customers fill their carts, and killed one copy that waited for Valkey")
    over, first = asyncio.Event(), crowd.all[0]

    async def fill(shopper: Shopper) -> str:
        while not over.is_set():
            await shopper.put("lead-line")
        return await missing(shopper, reader)

    filling = asyncio.gather(*map(fill, crowd.all))
    await until(lambda: first.sure["lead-line"], "a piece is put into a cart (200)", within=FILLED_WITHIN)
    async with during(stack.instance("valkey-1").pause):  # so that the copy dies amid its work
        await until_all_wait(stack)
        await asyncio.to_thread(stack.instance("shop-2").kill)
    await until_answered_by(first, COPIES)
    over.set()
    lost = [words for words in await filling if words]
    words = f"{len(lost)} carts lack what was acknowledged"
    judge.claim(not lost, f"0 of {SHOPPERS} carts are lost", words, evidence=lost[:4], look="async def put")


async def until_all_wait(stack: RunningStack) -> None:
    """Wait until every customer's request waits for Valkey, or a busy machine has had time enough to bring it there."""

    def waiting() -> int:
        return stack.edge("outside", "shop").stats().in_flight or 0

    deadline = time.monotonic() + PAUSE
    while await asyncio.to_thread(waiting) < SHOPPERS and time.monotonic() < deadline:
        await asyncio.sleep(FRESH)


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


def heard(answer: Answer) -> None:
    """Raise TimeoutError where no answer came at all: then it is asked what the shop is at."""
    if answer.kind.endswith("Timeout"):
        raise TimeoutError(f"for {answer.seconds:.0f} s")


async def read_on(shopper: Shopper) -> None:
    """Look into a cart, and nothing else, again and again."""
    while True:
        await shopper.look()
        await asyncio.sleep(0.3)


async def judge_ends(judge: Judge, reader: Shopper, idler: Shopper) -> None:
    """Judge a session that was used by looking only, and one that was not used at all."""
    judge.done(
        f"let one session look on and another rest for {1.5 * SESSION_SECONDS:g} s; sessions last {SESSION_SECONDS} s"
    )
    wrong = await missing(reader)
    sentence = "a session that is used lives on, also by looking"
    judge.claim(not wrong, sentence, wrong, evidence=history(reader)[-3:], look="async def find")
    last = await idler.look()
    sentence = f"a session that nobody used for {SESSION_SECONDS} s has ended (401)"
    judge.claim(last.kind == "401", sentence, f"{last.kind} {last.body}", look="async def begin")


def history(shopper: Shopper) -> list[str]:
    return [f"{answer.by or 'nobody'} answered {answer.kind} {answer.body}" for answer in shopper.answers]


# 6.2


@exercise(
    "6.2",
    deadline=DEADLINE,
    changed=only(*SHOP, UPLOAD_SECONDS=UPLOAD_SECONDS),
    uncontained="motoserver/moto checks no signature of an address",
)
async def test_a_drawing_passes_the_shop_by(stack: RunningStack, judge: Judge):
    """The bytes go to the store and come from it; each drawing is its own; URLs hold for what, whom and how long."""
    async with browser(stack, "shop") as client:
        upload = Upload(stack, judge, client)
        await upload.judge_bytes()
        early, seen = await upload.invited("late.png"), await upload.address_of(upload.key)
        signed = time.time()  # at the latest
        await upload.judge_names()
        await upload.judge_signatures(seen)
        await asyncio.sleep(signed + UPLOAD_SECONDS + 2 - time.time())
        await upload.judge_lateness(early["put"], seen)


# 6.3


@exercise("6.3", deadline=DEADLINE, changed=only(*SHOP, LEASE_SECONDS=LEASE_SECONDS))
async def test_a_hundred_misses_are_one_flight(stack: RunningStack, judge: Judge):
    """One copy works an answer out for all, and may die; a failure is not kept; answers do not end together."""
    async with Customers(stack.url("shop"), at_once=CUSTOMERS) as customers, database(stack) as db:
        flight = Flight(stack, judge, customers, db)
        await flight.judge_one()
        await flight.judge_death()
        await flight.judge_failure()
        await flight.judge_ends()


# 6.4


def small_database(stack: Stack) -> Stack:
    """Have the shop share few connections, and PostgreSQL grant a few more than that."""
    kept = only(*SHOP, DB_CONNECTIONS=BUDGET, MOST_COPIES=MOST)(stack)
    db = replace(kept.services["db"], command=("postgres", "-c", f"max_connections={CONNECTIONS}"))
    return replace(kept, services={**kept.services, "db": db})


@exercise("6.4", deadline=DEADLINE, changed=small_database)
async def test_four_copies_work_side_by_side(stack: RunningStack, judge: Judge):
    """From one copy to four under load nobody fails, the database's connections suffice, and all of them work."""
    judge.done(
        f"started the shop with DB_CONNECTIONS={BUDGET} and MOST_COPIES={MOST}, "
        f"and had {growth.CROWD} customers at one copy and at {MOST}"
    )

    async def scale(copies: int) -> None:
        await asyncio.to_thread(stack.service("shop").scale, copies)

    grown, broken = growth.Growth(), None
    async with database(stack) as db:
        try:
            await growth.measure(stack.url("shop"), db, scale, MOST, grown)
        except CapsizeError as error:  # a copy did not start, perhaps because the others have all connections
            broken = error
    judge_connections(stack, judge, grown)
    if broken:
        raise broken
    judge_growth(judge, grown)


def judge_connections(stack: RunningStack, judge: Judge, grown: growth.Growth) -> None:
    """Judge that nobody else's connections were taken: PostgreSQL has a few more than it grants the shop."""
    refused = "too many clients" in stack.logs("shop", 400)
    judge.claim(
        grown.connections <= BUDGET and not refused,
        f"the copies together stay within the {BUDGET} connections that PostgreSQL grants them",
        f"{grown.connections} at once{', and PostgreSQL refused more' if refused else ''}",
        evidence=[*grown.lines(), told(grown)],
        look="def pool",
    )


def judge_growth(judge: Judge, grown: growth.Growth) -> None:
    """Judge that every request was answered, and that copies do not wait for each other."""
    is_served = all(answer.kind == "200" for _, answer in grown.answers)
    sentence, look = "no request fails while the shop grows", "def pool"
    judge.claim(is_served, sentence, told(grown), evidence=grown.lines, look=look)
    one, several = grown.crowds
    judge.claim(
        several.side_by_side >= SIDE_BY_SIDE,
        f"the {MOST} copies work at the same moment, {SIDE_BY_SIDE:g} of them or more on average",
        f"{several.side_by_side:.1f}, and {several.rate / one.rate:.1f} times the deliveries of one copy",
        evidence=grown.lines,
        look=look,
    )


def told(grown: growth.Growth) -> str:
    return f"answers: {tally(answer for _, answer in grown.answers)}"
