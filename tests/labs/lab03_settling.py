"""The parts of the check of 3.4: orders while payments are down, a crash, a long outage, and the return."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import uuid4

from lab03_books import STILL, acknowledged, all_settled, audit_all, cart, claim_clean, is_settled, requests, told

from capsize.check import Judge
from capsize.check.kit import account, database, during, forms
from capsize.check.kit.forms import HANGS
from capsize.session.running import RunningStack
from capsize.stack.model import Stack
from capsize.waiting import came_true
from shop.core.catalogue import ITEMS
from workbench.customers import Answer, Customers, unusual

ACCEPTED, OUTLIVES, SETTLED = 1, 2, 3  # the acceptance lines
EVERY = "0.15"  # seconds between two calls of settle in the check: a long outage then is a short one
PENDING, ALIKE = (4, 5), 4  # orders in an outage; orders looked at
MANY = (104, 120)  # orders that are pending when payments come back: more than order_book.pending lists at once
CALLS, LONG = 66, 25.0  # calls for each pending order, twenty-two times three; seconds that an outage may take for that
BACK_WITHIN = 30.0  # seconds in which a killed service is back, on a busy machine too
SECONDS = 8.0  # in which all are settled after the last lost answer: one for each call of settle takes twice as long
REFUSALS = 6  # calls of settle: two looks at an order whose charge gets no answer, or six refusals
LOSSY, HELD_WITHIN, FIRST_WITHIN, ASKED_WITHIN = 5.0, 8.0, 3.0, 8.0
COMMON = "shackle"
PAY, SETTLE = "def pay", "def settle"


def often(stack: Stack) -> Stack:
    """Change the stack so that settle is called oftener: an outage of some seconds then is one of half a minute."""
    orders = stack.services["orders"]
    orders = replace(orders, environment={**orders.environment, "SETTLE_EVERY": EVERY})
    return replace(stack, services={**stack.services, "orders": orders})


@dataclass
class Till:
    """The shop while its payments are down, its customers, the orders that were acknowledged, and its judge."""

    stack: RunningStack
    judge: Judge
    customers: Customers
    carts: dict[str, dict[str, int]] = field(default_factory=dict)  # of those who ordered last, by their keys
    recent: dict[str, int] = field(default_factory=dict)  # what they were told: totals by the orders' ids
    told: dict[str, int] = field(default_factory=dict)  # the same of all

    async def order(self, count: int) -> list[Answer]:
        """Have customers order; keep their carts, and what they are told."""
        self.carts = {str(uuid4()): cart(self.judge, self.judge.draw.count(1, 2)) for _ in range(count)}
        answers = await asyncio.gather(*(self.customers.order(lines, key=key) for key, lines in self.carts.items()))
        self.recent = acknowledged(self.judge, answers)
        self.told |= self.recent
        return answers

    async def statuses(self) -> dict[str, str]:
        """Read the status of each order from the order book."""
        async with database(self.stack, "orders-db") as db:
            return dict(await db.fetch("SELECT id::text, status FROM orders.orders"))


@asynccontextmanager
async def payments_away(stack: RunningStack) -> AsyncIterator[AsyncExitStack]:
    """Stop payments, the new and the old. Close the stack that is given to start them earlier."""
    async with AsyncExitStack() as stopped:
        for name in ("payments-1", "monolith-1"):
            fault = await asyncio.to_thread(stack.instance(name).stop)
            stopped.push_async_callback(asyncio.to_thread, fault.heal)
        yield stopped


async def judge_accepted(till: Till, count: int, how: str) -> None:
    """Judge what customers are told who order while payments are down."""
    judge = till.judge
    judge.done(f"{'a customer' if count == 1 else f'{count} customers'} placed an order while payments {how}")
    answers = await till.order(count)
    bodies = [answer.body for answer in answers if answer.kind == "202"]
    is_accepted = len(bodies) == count and all(body.get("status") == "pending" for body in bodies)
    sentence, odd = "every order is accepted (202) and pending", unusual(answers, "202")
    odd = odd or [str(body)[:200] for body in bodies if body.get("status") != "pending"][:1]
    judge.claim(is_accepted, sentence, told(answers), evidence=[how, *odd], look=PAY, line=ACCEPTED)


async def judge_forms(till: Till) -> None:
    """Judge an order in each quick form in which payments may fail, and what becomes of it afterwards."""
    for form in forms(till.stack.edge("orders", "gateway")):
        if form.name != HANGS:  # which takes its time, and is judged in 3.2
            async with form:
                await judge_accepted(till, 1, f"failed: {form.name}")
            sentence, bad = "an order is settled when payments answer again", f"not within {STILL:g} s"
            till.judge.claim(await all_settled(till.stack), sentence, bad, look=SETTLE, line=SETTLED)
    findings = await audit_all(till.stack, till.told)
    claim_clean(till.judge, findings, "an order that is called paid is charged once", SETTLE, SETTLED)


async def judge_read_back(till: Till) -> None:
    """Judge that nobody is told later that an order is paid, that goods are reserved, and that the rest works."""
    judge = till.judge
    orders = judge.draw.sample(sorted(till.recent), ALIKE)
    looks = [await till.customers.read(f"/orders/{order}") for order in orders]
    kinds = {answer.body.get("status") if answer.kind == "200" else answer.kind for answer in looks}
    sentence = "an order that is read back is pending"
    judge.claim(kinds == {"pending"}, sentence, ", ".join(map(str, kinds)), look=PAY, line=ACCEPTED)
    await judge_tried_again(till, "pending orders are tried again", SETTLED)
    items = await till.customers.read("/items")
    account(judge, [items], expected={"200"}, sentence="the catalogue still answers", line=ACCEPTED)
    findings = await audit_all(till.stack, till.told)
    claim_clean(judge, findings, "the goods of every accepted order are reserved", PAY, ACCEPTED)


async def judge_crash(till: Till) -> None:
    """Judge that what is pending is on the books, not in somebody's memory, and that its key still names it."""
    judge, stack = till.judge, till.stack
    judge.done("killed orders, waited until it was back, and ordered again under some of the keys")
    restarts = stack.instance("orders-1").restarts
    await asyncio.to_thread(stack.instance("orders-1").kill)

    def is_back() -> bool:
        orders = stack.instance("orders-1")
        return orders.ready and orders.restarts > restarts

    bad = f"not within {BACK_WITHIN:g} s"
    await judge.eventually(is_back, "orders comes back", bad, within=BACK_WITHIN, line=OUTLIVES)
    await asyncio.to_thread(stack.service("orders").rotation)
    lost = till.told.keys() - (await till.statuses()).keys()
    judge.claim(not lost, "no pending order is lost", f"{len(lost)} are", look=PAY, line=OUTLIVES)
    await judge_tried_again(till, "pending orders are tried again after a crash", OUTLIVES)
    keys = judge.draw.sample(sorted(till.carts), ALIKE)
    again = [await till.customers.order(till.carts[key], key=key) for key in keys]
    same = acknowledged(judge, again).keys() <= till.recent.keys()
    others = [answer for answer in again if answer.kind != "202" or not same]
    sentence = "the same key again is the same order, and it is pending (202)"
    judge.claim(not others, sentence, told(others), evidence=unusual(others), look=PAY, line=OUTLIVES)


async def judge_tried_again(till: Till, sentence: str, line: int) -> None:
    """Judge that payments are asked again, though nobody orders."""
    before = requests(till.stack, "orders>gateway")

    def is_asked() -> bool:
        return requests(till.stack, "orders>gateway") > before

    bad = f"no call for a charge in {ASKED_WITHIN:g} s"
    await till.judge.eventually(is_asked, sentence, bad, within=ASKED_WITHIN, look=SETTLE, line=line)


async def sit_out(till: Till) -> None:
    """Keep payments away until what is pending was tried so often that an answer that counts tries has given up.

    Pauses between tries that grow with the outage are as bad: the longest that is patient enough is ``STILL``.
    """
    calls, before, made = CALLS * len(till.recent), requests(till.stack, "orders>gateway"), 0

    def so_far() -> int:
        return requests(till.stack, "orders>gateway") - before

    till.judge.done(f"kept payments away until pending orders had asked them {CALLS} times each, or for {LONG:g} s")
    deadline = time.monotonic() + LONG
    while made < calls and time.monotonic() < deadline:
        sentence, bad = "pending orders are tried again, however long payments are away", f"no call in {STILL:g} s"
        asked = await came_true(lambda made=made: so_far() > made, STILL)
        till.judge.claim(asked, sentence, bad, look=SETTLE, line=SETTLED)
        made = so_far()


async def queue_up(till: Till) -> None:
    """Write many older orders into the books, reserved and pending, as they are after a long outage."""
    count, price = till.judge.draw.count(*MANY), next(item.price_cents for item in ITEMS if item.sku == COMMON)
    till.judge.done(f"wrote {count} older orders that are pending into the books")
    orders = [(uuid4(), str(uuid4()), till.judge.draw.count(1, 9)) for _ in range(count)]
    async with database(till.stack, "inventory-db") as inventory, database(till.stack, "orders-db") as db:
        taken = sum(pieces for *_, pieces in orders)
        await inventory.execute("UPDATE inventory.items SET on_hand = on_hand - $2 WHERE sku = $1", COMMON, taken)
        async with db.transaction():
            await db.executemany(
                "INSERT INTO orders.orders (id, customer_id, key, status, total_cents, placed_at)"
                " VALUES ($1, 1, $2, 'pending', $3, now() - interval '1 hour')",
                [(order, key, pieces * price) for order, key, pieces in orders],
            )
            lines = [(order, COMMON, pieces, price) for order, _, pieces in orders]
            await db.executemany("INSERT INTO orders.lines VALUES ($1, $2, $3, $4)", lines)


async def judge_held_charge(till: Till, stopped: AsyncExitStack) -> None:
    """Judge an order that is placed while another one's charge is under way: it is not called paid with it."""
    judge, stack = till.judge, till.stack
    judge.done("started payments again, held a charge, let somebody order whom payments could not charge, and let go")
    async with database(stack) as hand, database(stack) as eye:
        held = hand.transaction()
        await held.start()
        await hand.execute("LOCK TABLE payments.charges IN SHARE MODE")
        await stopped.aclose()
        waiting = partial(eye.fetchval, "SELECT count(*) FROM pg_locks WHERE NOT granted")
        sentence = "settle asks payments again as soon as they are back"
        await judge.eventually(waiting, sentence, "it does not", within=HELD_WITHIN, look=SETTLE, line=SETTLED)
        async with during(partial(stack.edge("orders", "gateway").fail, 503)):
            await judge_accepted(till, ALIKE, "could not charge them")
            paid = await count_paid(till)
            await held.rollback()

            async def is_settled_further() -> bool:
                return await count_paid(till) > paid

            settled = await came_true(is_settled_further, FIRST_WITHIN)
            await judge_paid_are_charged(till, "settle went on" if settled else "settle did not go on")
        if not settled:  # a busy machine let the charge that was held time out
            later = await came_true(is_settled_further, FIRST_WITHIN)
            await judge_paid_are_charged(till, "settle went on later" if later else "settle did not go on")


async def count_paid(till: Till) -> int:
    return Counter((await till.statuses()).values())["paid"]


async def judge_paid_are_charged(till: Till, when: str) -> None:
    """Judge that at this moment no order is called paid without its charge."""
    async with database(till.stack) as db:
        statuses = await till.statuses()
        charged = {row[0] for row in await db.fetch("SELECT order_id::text FROM payments.charges")}
    early = [order for order, status in statuses.items() if status == "paid" and order not in charged]
    sentence, words = "no order is called paid before its charge is made", f"{len(early)} are"
    till.judge.claim(not early, sentence, words, evidence=[when, *early[:3]], look=SETTLE, line=SETTLED)


async def judge_return(till: Till) -> None:
    """Judge that all is paid, once, though answers still get lost for a while, and customers order meanwhile."""
    judge, stack = till.judge, till.stack
    loss = judge.draw.count(40, 70)
    judge.done(f"lost {loss} % of the answers from payments for a while, while customers ordered")
    async with during(partial(stack.edge("orders", "gateway").lose, percent=loss)):
        answers = await till.order(ALIKE)
        account(judge, answers, expected={"201", "202"}, look=PAY, line=ACCEPTED)
        is_over = await came_true(lambda: is_settled(stack), LOSSY)
    await judge_settled(till, bool(is_over))


async def judge_settled(till: Till, is_over: bool) -> None:
    """Judge that all is paid, once; it may be before the answers come through again."""
    judge = till.judge
    settled = is_over or await came_true(lambda: is_settled(till.stack), SECONDS)
    standing = Counter((await till.statuses()).values())
    words = ", ".join(f"{count} {status}" for status, count in standing.items())
    sentence = f"every pending order is settled, {SECONDS:g} s at most after the last answer was lost"
    judge.claim(settled, sentence, words, look=SETTLE, line=SETTLED)
    findings = await audit_all(till.stack, till.told)
    claim_clean(judge, findings, "each order is charged once, and the audit is clean", SETTLE, SETTLED)
    back = await till.customers.read(f"/orders/{judge.draw.victim(sorted(till.told))}")
    is_paid = back.kind == "200" and back.body.get("status") == "paid"
    judge.claim(is_paid, "an order that is settled is read back as paid", f"{back.kind} {back.body}", line=SETTLED)


async def judge_refused(till: Till) -> None:
    """Judge a pending order whose charge is refused while it is settled: it is not called paid."""
    edge, status = till.stack.edge("orders", "gateway"), till.judge.draw.victim([402, 404, 409, 410])
    async with during(partial(edge.fail, 503)):
        await judge_accepted(till, 1, "answered 503")
        till.judge.done(f"had payments refuse its charge ({status}) when settle asked for it")
        before = requests(till.stack, "orders>gateway")
        async with during(partial(edge.fail, status)):
            asked = await came_true(lambda: requests(till.stack, "orders>gateway") > before + REFUSALS, FIRST_WITHIN)
            again = "again and again" if asked else "and was asked no more"
            await judge_paid_are_charged(till, f"payments refused with {status}, {again}")
