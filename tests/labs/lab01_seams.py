"""The parts of the check of 1.3: walls between the modules, the shop as it was, orders that fail half-way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import asyncpg
from lab01_orders import placed_orders, told

from capsize.check import Judge
from capsize.check.kit import account
from capsize.session.running import RunningStack
from capsize.stack.model import Stack
from shop.core.catalogue import ITEMS, PLENTY
from workbench.audit import audit
from workbench.customers import Answer, Customers, tally, unusual
from workbench.module_boundaries import reaches

OWN, MOVED, AS_BEFORE = 1, 2, 3  # the acceptance lines
WALLED = ("python", "-m", "shop.serve", "shop.monolith.walls:app")
WALL = re.compile(r"wall: (\S*) (asks as \w+: .*)")
LINES = 2_000  # of the shop's log
TWINS, FOR_EACH, ALL_WAIT_WITHIN = 10, 3, 5.0
NO_SUCH_ORDER = {"404"}


def walled(stack: Stack) -> Stack:
    """Change the stack so that each module asks the database in a role of its own."""
    shop = replace(stack.services["shop"], command=WALLED)
    return replace(stack, services={**stack.services, "shop": shop})


@dataclass(frozen=True)
class Shop:
    """The shop under judgement: its books, two of its customers, and its judge."""

    stack: RunningStack
    judge: Judge
    db: asyncpg.Connection
    ada: Customers
    bo: Customers

    def cart(self, kinds: int = 2) -> dict[str, int]:
        """Draw a cart of several items in unequal numbers."""
        skus = self.judge.draw.sample([item.sku for item in ITEMS if item.stock == PLENTY], kinds)
        return dict(zip(skus, self.judge.draw.sample(range(1, 9), kinds), strict=True))

    async def total(self, cart: Mapping[str, int]) -> int:
        """Work out what a cart costs."""
        prices = dict(await self.db.fetch("SELECT sku, price_cents FROM inventory.items"))
        return sum(prices[sku] * quantity for sku, quantity in cart.items())


def judge_source(judge: Judge) -> None:
    """Judge what the source alone can say: names that are private, and ways around the imports."""
    judge.done("read orders.py for what it imports and calls by name")
    found = reaches(judge.code / "orders.py")
    moved = [reach for reach in found if reach.file != "orders.py"]
    for line, some in ((OWN, [reach for reach in found if reach not in moved]), (MOVED, moved)):
        sentence = "only public names of the other modules" + (" in the files beside it too" if some is moved else "")
        at = some[0].place if some else None
        judge.claim(not some, sentence, lambda some=some: some[0].how, evidence=map(str, some), at=at, line=line)


def judge_walls(shop: Shop) -> None:
    """Judge whether PostgreSQL had to refuse a statement, because it was about another module's table."""
    refused = "permission denied for" in shop.stack.logs("db", LINES)
    tried = WALL.findall(shop.stack.logs("shop-1", LINES))
    place, how = tried[0] if tried else ("", "permission denied")
    moved = refused and not place.startswith("orders.py:")
    for line, crossed in ((OWN, refused and not moved), (MOVED, moved)):
        sentence = "no SQL on another module's tables" + (", from no other file either" if line == MOVED else "")
        evidence = [f"{where} {what}" for where, what in dict.fromkeys(tried)]
        shop.judge.claim(not crossed, sentence, f"{place} {how}", evidence=evidence, at=place or None, line=line)


async def judge_one_order(shop: Shop) -> None:
    """Judge an order, its twins under the same key, and what they left in the books."""
    cart, key = shop.cart(3), str(uuid4())
    total = await shop.total(cart)
    shop.judge.done("placed an order ten times at once under one key, and read it back")
    answers = await asyncio.gather(*(shop.ada.order(cart, key=key) for _ in range(TWINS)))
    placed = placed_orders(shop.judge, answers)
    back = await shop.ada.read(f"/orders/{next(iter(placed), uuid4())}")
    judge_walls(shop)
    is_one = tally(answers) == {"201": TWINS} and list(placed.values()) == [total]
    words, odd = f"{told(answers)}{different(placed)}", unusual(answers, "201")
    shop.judge.claim(is_one, f"ten times the same order of {total} cents", words, evidence=odd)
    judge_read_back(shop.judge, back, next(iter(placed)), cart, total)
    charges = [row["amount_cents"] for row in await shop.db.fetch("SELECT amount_cents FROM payments.charges")]
    shop.judge.claim(charges == [total], f"one charge of {total} cents", f"charges of {charges} cents")
    await judge_books(shop, placed)
    await judge_old_price(shop, key, cart, total)


def judge_read_back(judge: Judge, back: Answer, order: str, cart: Mapping[str, int], total: int) -> None:
    right = {"id": order, "status": "paid", "total_cents": total, "charged_cents": total, "lines": dict(cart)}
    judge.claim(
        back.body == right,
        f"read back as it was placed and charged: {right}",
        f"{back.kind} {back.body}",
        evidence=apart(back.body, right),
        look="async def find",
    )


async def judge_old_price(shop: Shop, key: str, cart: Mapping[str, int], total: int) -> None:
    """Judge that an order keeps the price at which it was placed."""
    shop.judge.done("changed the prices, and ordered again under the same key")
    await shop.db.execute("UPDATE inventory.items SET price_cents = price_cents + $1", shop.judge.draw.amount(7, 99))
    again = await shop.ada.order(cart, key=key)
    sentence, bad = f"the same key again is the same order of {total} cents", f"{again.kind} {again.body}"
    holds = list(placed_orders(shop.judge, [again]).values()) == [total]
    shop.judge.claim(holds, sentence, bad, look="async def _again")


async def judge_neighbour(shop: Shop) -> None:
    """Judge that a customer's keys and orders are hers alone."""
    shop.judge.done("had two customers order under keys that they both use, and look at each other's orders")
    key, carts = str(uuid4()), (shop.cart(), shop.cart(1))
    answers = [await who.order(cart, key=key) for who, cart in zip((shop.ada, shop.bo), carts, strict=True)]
    placed = placed_orders(shop.judge, answers)
    sentence = "each customer has an order of her own, whatever keys the others use"
    shop.judge.claim(len(placed) == 2, sentence, told(answers), evidence=unusual(answers, "201"))
    await judge_books(shop, placed)
    looks = [await shop.bo.read(f"/orders/{next(iter(placed))}"), await shop.ada.read(f"/orders/{uuid4()}")]
    sentence = "404 for an order that is not there, or is somebody else's"
    account(shop.judge, looks, expected=NO_SUCH_ORDER, sentence=sentence, look="async def find")


async def judge_refusals(shop: Shop) -> None:
    """Judge that an order that cannot be had leaves nothing behind, and is refused in the right words."""
    shop.judge.done("asked for more than there is, for an item that is not sold, and for other carts under a used key")
    first, key, scarce = shop.judge.draw.count(2, 6), str(uuid4()), shop.judge.draw.victim(["brass", "storm"])
    placed = await shop.ada.order({"chart-north": first}, key=key)
    before = await books(shop.db)
    asked = (
        ("409", {"shackle": 1, f"{scarce}-lantern": 51}, None),
        ("404", {"shackle": 1, shop.judge.draw.names(1)[0]: 1}, None),
        ("422", {"chart-north": first + 1}, key),
        ("422", {"chart-north": first, "shackle": 1}, key),
        ("422", {"chart-south": first}, key),  # which costs the same
    )
    answers = [await shop.ada.order(cart, key=used) for _, cart, used in asked]
    sentence = "409 for sold out, 404 for not sold here, 422 for another cart under a used key"
    lines = [f"{cart}: {one.kind} {one.body}" for one, (_, cart, _) in zip(answers, asked, strict=True)]
    kinds, right = [placed.kind, *(answer.kind for answer in answers)], ["201", *(kind for kind, _, _ in asked)]
    shop.judge.claim(kinds == right, sentence, ", ".join(kinds[1:]), evidence=lines)
    await judge_nothing_left(shop, before, "an order that was refused leaves nothing behind")


async def judge_failures(shop: Shop) -> None:
    """Judge that an order is whole or not at all, wherever it fails: at the charge, or at the very end."""
    for table, when, words in (
        ("payments.charges", "AFTER INSERT", "the charge could not be written"),
        ("orders.orders", "AFTER INSERT OR UPDATE", "the transaction could not be committed"),
    ):
        shop.judge.done(f"placed an order when {words}, and again when it could be")
        cart, key, before = shop.cart(), str(uuid4()), await books(shop.db)
        async with failing(shop.db, table, when):
            answer = await shop.ada.order(cart, key=key)
        sentence = f"an order fails when {words}"
        shop.judge.claim(not answer.placed, sentence, told([answer]), evidence=unusual([answer]), look="def place")
        await judge_nothing_left(shop, before, f"nothing is left of an order when {words}")
        again = await shop.ada.order(cart, key=key)
        sentence, odd = "the same order can be placed afterwards", unusual([again], "201")
        shop.judge.claim(again.placed, sentence, told([again]), evidence=odd, look="async def place")
        await judge_books(shop, placed_orders(shop.judge, [again]))


@asynccontextmanager
async def failing(db: asyncpg.Connection, table: str, when: str) -> AsyncIterator[None]:
    """Let the database refuse what is written to a table, at the end of the transaction that writes it."""
    await db.execute(
        "CREATE OR REPLACE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$"
    )
    late = "DEFERRABLE INITIALLY DEFERRED" if table == "orders.orders" else "NOT DEFERRABLE"
    await db.execute(
        f"CREATE CONSTRAINT TRIGGER refuses {when} ON {table} {late} FOR EACH ROW EXECUTE FUNCTION public.refuse()"
    )
    try:
        yield
    finally:
        await db.execute(f"DROP TRIGGER refuses ON {table}")


async def judge_receipt(shop: Shop) -> None:
    """Judge that charged_cents comes from payments, not from the order."""
    shop.judge.done("corrected a charge in payments' books, and read the order back")
    answer, more = await shop.ada.order(shop.cart()), shop.judge.draw.amount(11, 999)
    shop.judge.claim(answer.placed, "an order is placed (201)", told([answer]), evidence=unusual([answer], "201"))
    ((order, total),) = placed_orders(shop.judge, [answer]).items()
    await shop.db.execute("INSERT INTO payments.charges (order_id, amount_cents) VALUES ($1, $2)", order, more)
    back = await shop.ada.read(f"/orders/{order}")
    charged = back.body.get("charged_cents") if isinstance(back.body, dict) else back.body
    right = total + more
    sentence, bad = f"charged_cents is what payments charged: {right}", f"{back.kind} {charged}"
    shop.judge.claim(charged == right, sentence, bad, look="async def find")


async def judge_opposite_carts(shop: Shop, hand: asyncpg.Connection) -> None:
    """Judge that two carts with the same items in opposite order do not wait for each other for ever."""
    shop.judge.done("held the first of two items, and let customers order both, some in the opposite order")
    skus = sorted(shop.cart())
    carts = [dict(zip(order, (1, 2), strict=True)) for order in (skus, skus[::-1])]
    orders: list[asyncio.Task[Answer]] = []
    async with hand.transaction():
        await hand.execute("SELECT FROM inventory.items WHERE sku = $1 FOR UPDATE", skus[0])
        for cart in carts:
            orders += [asyncio.create_task(shop.ada.order(cart)) for _ in range(FOR_EACH)]
            await until_waiting(shop.db, orders)
    answers = await asyncio.gather(*orders)
    sentence = "carts with the same items in any order are all placed (201)"
    account(shop.judge, answers, expected={"201"}, sentence=sentence, look="sorted")


async def until_waiting(db: asyncpg.Connection, orders: list[asyncio.Task[Answer]]) -> None:
    """Wait until each order waits for a lock or is answered."""
    waiting = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(ALL_WAIT_WITHIN):
        while await db.fetchval(waiting) < sum(not order.done() for order in orders):
            await asyncio.sleep(0.01)


async def judge_books(shop: Shop, placed: Mapping[str, int]) -> None:
    """Judge the books: the audit, and that the lines of an order add up to its total."""
    findings = await audit(shop.db, acknowledged=placed)
    shop.judge.claim(not findings, "a clean audit", lambda: "; ".join(map(str, findings)), evidence=findings)
    odd = await shop.db.fetch(
        "SELECT id, total_cents, sum(quantity * price_cents)::int AS lines FROM orders.orders JOIN orders.lines"
        " ON order_id = id GROUP BY id HAVING total_cents <> sum(quantity * price_cents)"
    )
    words = [f"order {row['id']}: {row['total_cents']} cents, its lines {row['lines']}" for row in odd]
    shop.judge.claim(not odd, "the lines of each order add up to its total", lambda: words[0], evidence=words)


async def judge_nothing_left(shop: Shop, before: Mapping[str, int], sentence: str) -> None:
    after = await books(shop.db)
    left = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    words = ", ".join(f"{change:+d} {name}" for name, change in left.items())
    shop.judge.claim(not left, f"{sentence}: one transaction holds all of it", words, look="async def place")


async def books(db: asyncpg.Connection) -> dict[str, int]:
    """Count what orders leave."""
    tables = {"orders": "orders.orders", "lines": "orders.lines", "charges": "payments.charges"}
    counts = {name: await db.fetchval(f"SELECT count(*) FROM {table}") for name, table in tables.items()}
    return counts | {"pieces on hand": await db.fetchval("SELECT sum(on_hand)::int FROM inventory.items")}


def apart(body: object, right: Mapping[str, Any]) -> list[str]:
    """Name the fields in which an order that was read back is another one."""
    there = body if isinstance(body, dict) else {}
    fields = sorted({*there, *right} if there else ())
    return [
        f"{name}: {there.get(name)!r}, not {right.get(name)!r}" for name in fields if there.get(name) != right.get(name)
    ]


def different(placed: Mapping[str, int]) -> str:
    """Say how many orders became of one key, where there were any."""
    totals = " and ".join(f"{total} cents" for total in sorted(placed.values()))
    if len(placed) > 1:
        return f"; {len(placed)} different orders of {totals}"
    return f"; an order of {totals}" if placed else ""
