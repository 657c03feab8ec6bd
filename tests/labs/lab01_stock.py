"""The parts of the check of 1.1: orders of several pieces, deliveries meanwhile, races at one copy and at two."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg
from lab01_orders import placed_orders, told

from capsize.check import Judge
from capsize.check.kit import account, database, until
from capsize.session.running import RunningStack
from shop.core.catalogue import ITEMS, PLENTY
from shop.core.database import CONNECTIONS
from workbench.audit import audit
from workbench.customers import Answer, Customers, tally, unusual

CUSTOMERS, LANTERNS, A_FEW = 200, 50, 20
RACE, PIECES, COPIES, BOOKS = 1, 2, 3, 4  # the acceptance lines
CROWDED_WITHIN = 2.0  # seconds that customers have to stand in line
ALL_ANSWER_WITHIN = 10.0  # seconds in which each copy has had a customer
MOST_PIECES = 3
WANTS = "def reserve"


@dataclass(frozen=True)
class Shelf:
    """An item of which so many pieces are there, sold by so many copies of the shop, and its judge."""

    stack: RunningStack
    judge: Judge
    db: asyncpg.Connection
    customers: Customers
    sku: str
    stock: int
    of: str = "one copy of the shop"

    async def left(self) -> int:
        return await self.db.fetchval("SELECT on_hand FROM inventory.items WHERE sku = $1", self.sku)


def plentiful(judge: Judge, count: int) -> list[str]:
    """Draw so many items of those of which there are plenty."""
    return judge.draw.sample([item.sku for item in ITEMS if item.stock == PLENTY], count)


async def put(db: asyncpg.Connection, sku: str, stock: int) -> None:
    """Have so many pieces of an item on the shelf, before anybody has ordered it."""
    await db.execute("UPDATE inventory.items SET on_hand = $2, received = $2 WHERE sku = $1", sku, stock)


async def judge_pieces(shelf: Shelf) -> None:
    """Judge that an order gets all of its pieces or none: one after the other, with nobody in between."""
    shelf.judge.done(f"ordered several pieces of an item of which there were {shelf.stock}, and then too many")
    await put(shelf.db, shelf.sku, shelf.stock)
    some = shelf.judge.draw.count(2, shelf.stock - 2)
    rest = shelf.stock - some
    for pieces, kind, left in (
        (shelf.stock + 1, "409", shelf.stock),
        (some, "201", rest),
        (rest + 1, "409", rest),
        (rest, "201", 0),
        (1, "409", 0),
    ):
        before, answer = await shelf.left(), await shelf.customers.order({shelf.sku: pieces})
        sentence = "an order gets all of its pieces (201), or none where fewer are left (409)"
        bad = f"{pieces} of {before}: {told([answer])}, and then {await shelf.left()} left"
        holds = answer.kind == kind and await shelf.left() == left
        shelf.judge.claim(holds, sentence, bad, evidence=unusual([answer], kind), look=WANTS, line=PIECES)


async def judge_door(shelf: Shelf) -> None:
    """Judge that the functions beside ``reserve`` do what they did: a delivery counts, what is not sold is refused."""
    pieces, unknown = shelf.judge.draw.count(2, 9), shelf.judge.draw.names(1)[0]
    shelf.judge.done(f"delivered and ordered {pieces} more, and the same of an item that is not sold")
    before = await shelf.left()
    come = [{"sku": shelf.sku, "quantity": pieces}, {"sku": unknown, "quantity": pieces}]
    answers = [await shelf.customers.ask("POST", "/deliveries", json=one) for one in come]
    left, orders = await shelf.left(), [await shelf.customers.order({sku: pieces}) for sku in (shelf.sku, unknown)]
    kinds = [answer.kind for answer in (*answers, *orders)]
    sentence = "a delivery is taken in and sold (201), what is not sold here is refused (404)"
    holds = kinds == ["201", "404", "201", "404"] and left == before + pieces
    bad = f"{', '.join(kinds)}, and {left} left of {before} and {pieces} more"
    shelf.judge.claim(holds, sentence, bad, evidence=unusual([*answers, *orders], "201", "404"), line=PIECES)


async def judge_plenty(shelf: Shelf) -> None:
    """Judge that nobody is sent away while there is enough, though pieces are delivered all the time."""
    shelf.judge.done(f"{A_FEW} customers ordered one to {MOST_PIECES} {shelf.sku} each, while more were delivered")
    asked = [shelf.judge.draw.count(1, MOST_PIECES) for _ in range(A_FEW)]
    orders = [asyncio.create_task(shelf.customers.order({shelf.sku: pieces})) for pieces in asked]
    await deliver(shelf, orders, shelf.judge.draw.count(3, 5))
    answers = await asyncio.gather(*orders)
    is_enough, odd = tally(answers) == {"201": A_FEW}, unusual(answers, "201")
    sentence = f"all {A_FEW} get what there is plenty of"
    shelf.judge.claim(is_enough, sentence, told(answers), evidence=odd, look=WANTS, line=PIECES)


async def deliver(shelf: Shelf, orders: list[asyncio.Task[Answer]], times: int) -> None:
    """Deliver one piece so many times, and keep a hand on it each time until customers wait; while any order."""
    async with database(shelf.stack) as hand:
        for _ in range(times):
            async with hand.transaction():
                await hand.execute(
                    "UPDATE inventory.items SET on_hand = on_hand + 1, received = received + 1 WHERE sku = $1",
                    shelf.sku,
                )
                await until_all_wait(shelf.db, orders)
            if all(order.done() for order in orders):
                break


async def until_all_wait(db: asyncpg.Connection, orders: list[asyncio.Task[Answer]]) -> None:
    """Wait until each order that can be under way waits for another transaction; for a moment at most."""
    waiting, deadline = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted", time.monotonic() + CROWDED_WITHIN
    while time.monotonic() < deadline:
        if await db.fetchval(waiting) >= min(CONNECTIONS, sum(not order.done() for order in orders)):
            break
        await asyncio.sleep(0.002)


async def judge_race(shelf: Shelf) -> None:
    """Judge two hundred customers for fifty lanterns, what is left, and the books."""
    carts = [{shelf.sku: 1}] * CUSTOMERS
    answers = await race(shelf, carts, CONNECTIONS)
    shelf.judge.done(f"{CUSTOMERS} customers ordered one {shelf.sku} each, at once; there were {shelf.stock}")
    shelf.judge.point(look=WANTS, evidence=[f"on the shelf afterwards: {await shelf.left()}", *odd(answers)], line=RACE)
    judge_answered(shelf, answers)
    placed, stock, of = tally(answers).get("201", 0), shelf.stock, shelf.of
    words = f"{placed} orders"
    shelf.judge.claim(placed <= stock, f"no lantern is promised twice: {stock} orders from {of}", words)
    shelf.judge.claim(placed == stock, f"every lantern finds a buyer: {stock} orders from {of}", words)
    left = await shelf.left()
    shelf.judge.claim(left == 0, f"0 left by {of}", f"{left} left", line=BOOKS)
    await judge_audit(shelf, answers)


async def judge_mixed_race(shelf: Shelf, other: str) -> None:
    """Judge customers who want unequal numbers of what is scarce, and something else with it."""
    await put(shelf.db, shelf.sku, shelf.stock)
    asked = [shelf.judge.draw.count(1, MOST_PIECES) for _ in range(A_FEW)]
    answers = await race(shelf, [{shelf.sku: pieces, other: 1} for pieces in asked], 2 * CONNECTIONS)
    words = f"{A_FEW} customers ordered one to {MOST_PIECES} {shelf.sku} each, at once, from {shelf.of}"
    shelf.judge.done(f"{words}; there were {shelf.stock}")
    left = await shelf.left()
    shelf.judge.point(look=WANTS, evidence=[f"on the shelf afterwards: {left}", *odd(answers)], line=COPIES)
    judge_answered(shelf, answers)
    sold = sum(pieces for pieces, answer in zip(asked, answers, strict=True) if answer.placed)
    least = min((pieces for pieces, answer in zip(asked, answers, strict=True) if not answer.placed), default=0)
    sentence = f"no piece is promised twice: at most {shelf.stock} pieces from {shelf.of}"
    shelf.judge.claim(sold <= shelf.stock, sentence, f"{sold} pieces")
    sentence = f"nobody is told that it is sold out while there are enough, by {shelf.of}"
    bad = f"somebody who wanted {least} was, and {shelf.stock - sold} were not sold"
    shelf.judge.claim(shelf.stock - sold < least, sentence, bad)
    await judge_the_rest(shelf, answers, shelf.stock - sold)


async def judge_the_rest(shelf: Shelf, answers: list[Answer], left: int) -> None:
    """Judge that what is left can be bought, and that then nothing is left."""
    if left:
        answers = [*answers, await shelf.customers.order({shelf.sku: left})]
        shelf.judge.claim(answers[-1].placed, f"the last pieces are sold by {shelf.of}", told(answers[-1:]))
    rest = await shelf.left()
    shelf.judge.claim(rest == 0, f"0 left by {shelf.of}", f"{rest} left", line=BOOKS)
    await judge_audit(shelf, answers)


def judge_answered(shelf: Shelf, answers: list[Answer]) -> None:
    sentence = f"every customer of {shelf.of} is answered: placed (201) or sold out (409)"
    account(shelf.judge, answers, expected={"201", "409"}, sentence=sentence)


async def judge_audit(shelf: Shelf, answers: list[Answer]) -> None:
    findings = await audit(shelf.db, acknowledged=placed_orders(shelf.judge, answers))
    words = "; ".join(map(str, findings))
    shelf.judge.claim(not findings, f"a clean audit of {shelf.of}", words, look=WANTS, line=BOOKS)


async def race(shelf: Shelf, carts: list[dict[str, int]], connections: int) -> list[Answer]:
    """Let customers order while we have a hand on the shelf, so that they stand there at once."""
    async with database(shelf.stack) as hand:
        async with hand.transaction():
            await hand.execute("SELECT FROM inventory.items WHERE sku = $1 FOR UPDATE", shelf.sku)
            orders = asyncio.gather(*(shelf.customers.order(cart) for cart in carts))
            await until_crowded(shelf.db, orders, 1 + min(len(carts), connections))
        return await orders


async def until_crowded(eye: asyncpg.Connection, orders: asyncio.Future[list[Answer]], count: int) -> None:
    """Wait until so many transactions are under way, ours too, or all orders are answered; for a moment at most."""
    open_ones = "SELECT count(xact_start) FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + CROWDED_WITHIN
    while not orders.done() and time.monotonic() < deadline and await eye.fetchval(open_ones) < count:
        await asyncio.sleep(0.01)


async def until_answered_by(customers: Customers, copies: int) -> None:
    """Wait until every copy of the shop takes part."""
    seen: set[str] = set()

    async def is_all() -> bool:
        seen.add((await customers.read("/healthz")).by)
        return len(seen) >= copies

    await until(is_all, f"{copies} copies of the shop answer", within=ALL_ANSWER_WITHIN, line=COPIES)


def odd(answers: Iterable[Answer]) -> list[str]:
    return unusual(answers, "201", "409")
