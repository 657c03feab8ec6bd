"""The checks of lab 10: a worker that may die, letters that nobody can deliver, two paces, one sequence, a replay."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from lab10_analysts import START, Replays
from lab10_charges import FIRST, Charges
from lab10_hearers import ACK_WAIT, Hearers
from lab10_letters import PAUSE, TRIES, Letters
from lab10_stack import GIVEN
from lab10_steps import Steps

from capsize.check import Judge, exercise
from capsize.check.kit import SEED, browser, only
from capsize.session.running import RunningStack
from workbench.customers import Customers
from workbench.labs.messaging_control import Quayside

EARLY, LATE = 10, 12  # orders before and after a moment


# 10.1


@exercise("10.1", deadline=240, changed=only(*GIVEN, workers={"charges": 2}, ACK_WAIT=1))
async def test_each_order_is_charged_once(stack: RunningStack, judge: Judge):
    """Workers are killed before and after a charge and at the books; each of 500 orders is charged once and paid."""
    async with Quayside(stack) as quay, Customers(stack.url("shop"), at_once=20) as customers:
        charges = Charges(judge, quay, SEED)
        await quay.tell("bank", hold=charges.hold, fail=charges.fail)
        placing = asyncio.create_task(charges.place(customers, FIRST))
        await charges.kill_workers(placing)
        await placing
        await charges.kill_at_the_books(customers)
        await charges.judge_ledger()


# 10.2


@exercise("10.2", deadline=180, changed=only(*GIVEN, workers={"letters": 1}, TRIES=TRIES, PAUSE=PAUSE, ACK_WAIT=2))
async def test_bad_letters_are_set_aside_and_come_back(stack: RunningStack, judge: Judge):
    """Bad letters block nobody, are tried a few times, set aside, and all sent once the printer works again."""
    async with Quayside(stack) as quay, Customers(stack.url("shop")) as customers:
        letters = Letters(judge, quay)
        await letters.place(customers)
        await letters.judge_the_rest()
        await letters.judge_tries()
        await letters.judge_set_aside(f"what failed {TRIES} times is set aside, and nothing else", "async def failed")
        await letters.judge_idle()
        async with browser(stack, "letters") as door:
            await letters.judge_redrive(door)
            await letters.place_another(customers)
            await letters.judge_a_full_queue(door)
            await letters.judge_redrive(door)


# 10.3


@exercise("10.3", deadline=120, changed=only(*GIVEN, workers={"hearers": 1}, ACK_WAIT=ACK_WAIT))
async def test_the_slow_one_delays_nobody(stack: RunningStack, judge: Judge):
    """The yard is through while the customs have begun, and both hear of everything, whichever of them dies."""
    async with Quayside(stack) as quay, Customers(stack.url("shop")) as customers:
        hearers = Hearers(judge, quay)
        await hearers.judge_pace(customers)
        await hearers.kill_and_order(customers)
        await hearers.judge_all()


# 10.4


@exercise("10.4", deadline=120, changed=only(*GIVEN, workers={"tracking": 1}, ACK_WAIT=2))
async def test_each_order_keeps_its_order(stack: RunningStack, judge: Judge):
    """Four workers work at the same time, and show each order's steps as they happened, also when things fail."""
    async with Quayside(stack) as quay, browser(stack, "shop") as door:
        steps = Steps(judge, quay, door, SEED)
        await steps.publish()
        await steps.show()
        await steps.judge_order()
        await steps.judge_hands()


# 10.5


@exercise("10.5", deadline=90, changed=only(*GIVEN, workers={"analysts": 1}))
async def test_a_replay_adds_up(stack: RunningStack, judge: Judge):
    """From whatever moment and however often the stream is read, the table's totals equal the shop's."""
    async with Quayside(stack) as quay, Customers(stack.url("shop")) as customers, browser(stack, "analysts") as door:
        replays = Replays(judge, quay, door)
        await replays.place(customers, EARLY)
        moment = datetime.now(UTC)
        late = await replays.place(customers, LATE)
        judge.done(f"placed {EARLY} orders, noted the time, placed {LATE} more, and replayed from that time on")
        from_then = await replays.source(late)
        await replays.judge_replay(moment, from_then, "the totals from a moment on equal the shop's")
        judge.done("replayed from there once more, then everything")
        await replays.judge_replay(moment, from_then, "replayed again, the totals stay equal")
        await replays.judge_replay(START, await replays.source(), "the totals of the whole stream equal the shop's")
        judge.done("placed one of the orders a second time, ordered some more, and replayed what came last")
        moment = datetime.now(UTC)
        first = await quay.js.get_msg("ORDERS", 1)
        await quay.js.publish("orders.placed", first.data)
        await replays.place(customers, LATE)
        words = "a replay adds what is new, keeps the rest, and counts an order that was placed twice once"
        await replays.judge_replay(moment, await replays.source(), words)
