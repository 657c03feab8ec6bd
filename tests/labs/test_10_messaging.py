"""The checks of lab 10: a worker that may die, letters that nobody can deliver, two paces, one sequence, a replay."""

from __future__ import annotations

from lab10_analysts import START, Replays
from lab10_charges import Charges
from lab10_hearers import ACK_WAIT as HEARD_AGAIN
from lab10_hearers import Hearers
from lab10_letters import ACK_WAIT, PAUSE, TRIES, Letters
from lab10_redrive import Redrives
from lab10_stack import GIVEN
from lab10_steps import ACK_WAIT as SHOWN_AGAIN
from lab10_steps import SHOPS, Steps

from capsize.check import Judge, exercise
from capsize.check.kit import browser, only
from capsize.session.running import RunningStack
from workbench.customers import Customers
from workbench.labs.messaging_control import Quayside

# 10.1


@exercise("10.1", deadline=180, changed=only(*GIVEN, workers={"charges": 2}, ACK_WAIT=0.5))
async def test_each_order_is_charged_once(stack: RunningStack, judge: Judge):
    """Workers are killed at a charge and at the books, and the bank is away; each order is charged once and paid."""
    async with Quayside(stack) as quay, Customers(stack.url("shop"), at_once=20) as customers:
        charges = Charges(judge, quay)
        await charges.kill_workers(customers)
        await charges.leave_the_bank_away(customers)
        for kill in (True, False):
            await charges.strike_at_the_books(customers, kill=kill)
        await charges.judge_ledger()


# 10.2


@exercise(
    "10.2",
    deadline=180,
    changed=only(*GIVEN, workers={"letters": 0}, TRIES=TRIES, PAUSE=PAUSE, ACK_WAIT=ACK_WAIT),
)
async def test_bad_letters_are_set_aside_and_come_back(stack: RunningStack, judge: Judge):
    """Bad letters block nobody, are tried a few times, set aside, and all sent once the printer works again."""
    async with Quayside(stack) as quay, Customers(stack.url("shop")) as customers:
        letters = Letters(judge, quay)
        await letters.place(customers)
        await letters.start()
        await letters.kill()
        await letters.judge_the_rest()
        await letters.judge_tries()
        await letters.judge_set_aside()
        await letters.judge_idle()
        async with browser(stack, "letters") as door:
            redrives = Redrives(judge, quay, door)
            await redrives.judge_too_early(letters)
            await redrives.judge_redrive(letters.good | letters.bad)
            await redrives.judge_many()
            await redrives.judge_a_full_queue()
            await redrives.judge_redrive(())


# 10.3


@exercise("10.3", deadline=120, changed=only(*GIVEN, workers={"hearers": 0}, ACK_WAIT=HEARD_AGAIN))
async def test_the_slow_one_delays_nobody(stack: RunningStack, judge: Judge):
    """The yard is through while the customs have begun, and both hear of everything, whichever of them dies."""
    async with Quayside(stack) as quay, Customers(stack.url("shop")) as customers:
        hearers = Hearers(judge, quay)
        await hearers.judge_pace(customers)
        await hearers.judge_what_is_placed_meanwhile(customers)
        await hearers.judge_what_was_in_hand(customers)
        await hearers.judge_what_failed(customers)
        await hearers.judge_all()


# 10.4


@exercise("10.4", deadline=120, changed=only(*GIVEN, workers={"shop": SHOPS, "tracking": 0}, ACK_WAIT=SHOWN_AGAIN))
async def test_each_order_keeps_its_order(stack: RunningStack, judge: Judge):
    """Four workers work at the same time, and show each order's steps as they happened, also when things fail."""
    async with Quayside(stack) as quay, browser(stack, "shop") as door:
        steps = Steps(judge, quay, door)
        await steps.publish()
        await steps.begin()
        await steps.show()
        await steps.judge_order()
        await steps.judge_hands()


# 10.5


@exercise("10.5", deadline=90, changed=only(*GIVEN, workers={"analysts": 1}))
async def test_a_replay_adds_up(stack: RunningStack, judge: Judge):
    """From whatever moment and however often the stream is read, the table's totals equal the shop's."""
    async with Quayside(stack) as quay, Customers(stack.url("shop")) as customers, browser(stack, "analysts") as door:
        replays = Replays(judge, quay, door)
        await replays.remember()
        past = await replays.last_number()
        await replays.place(customers, judge.draw.count(11, 16))
        moment, late = await replays.moment(after=past)
        judge.done(f"placed some more, and replayed from a moment between two of them on: {len(late)} orders")
        from_then = await replays.source(late)
        await replays.judge_replay(moment, from_then, "the totals from a moment on equal the shop's", line=1)
        await replays.judge_acks()
        judge.done("replayed from there once more, then everything")
        await replays.judge_replay(moment, from_then, "replayed again, the totals stay equal", line=2)
        everything, words = await replays.source(), "the totals of the whole stream equal the shop's"
        await replays.judge_replay(START, everything, words, line=2)
        judge.done("replayed from the first moment again: what was read before is kept")
        await replays.judge_replay(moment, everything, "a replay keeps what was read before", line=2)
        judge.done("ordered some more, had some orders placed a second time, and replayed what came last")
        moment = await replays.place_twice(customers)
        words = "a replay adds what is new, and counts an order that was placed twice once"
        await replays.judge_replay(moment, await replays.source(), words, line=3)
