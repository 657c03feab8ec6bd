"""The checks of lab 09: whom a slow service takes down with it, and what keeps the others afloat."""

from __future__ import annotations

from lab09_circuit import Circuit
from lab09_deadlines import PATIENCE, PLACES, WORK, Deadlines
from lab09_door import PLACES as COUNTERS
from lab09_door import Crowds
from lab09_retries import SAVED, Tries
from lab09_suspects import Trial, suspected
from lab09_walls import Walls

from capsize.check import Judge, exercise
from capsize.session.running import RunningStack
from workbench.customers import anonymous
from workbench.labs.resilience_control import Bankside
from workbench.labs.resilience_stack import ALL, BANK, guarded

KEPT = {"shop": "deadline", "payments": "deadline", "PATIENCE": PATIENCE, "PLACES": PLACES, "WORK_SECONDS": WORK}

QUICK = {"WORK_SECONDS": 0.02, "PLACES": 60, "TRY_SECONDS": 2}


@exercise("9.1", deadline=120, changed=guarded(*ALL, **KEPT))
async def test_a_deadline_travels_and_is_kept(stack: RunningStack, judge: Judge):
    """Each customer has an answer in time, each hop is told what is left, and nothing is begun for nobody."""
    async with Bankside(stack) as bank, anonymous(stack.url("shop"), at_once=20) as customers:
        deadlines = Deadlines(stack, judge, bank, customers)
        await deadlines.judge_travel()
        await deadlines.judge_kept_calls()
        await deadlines.judge_line()
        await deadlines.judge_books()


@exercise(
    "9.2", deadline=150, changed=guarded(*ALL, shop="retries", RETRIES_SAVED=SAVED, **(QUICK | {"TRY_SECONDS": 6}))
)
async def test_retries_help_and_do_no_harm(stack: RunningStack, judge: Judge):
    """What failed for a moment is repeated, once and at its own moment; what is down is left in peace."""
    async with Bankside(stack) as bank, anonymous(stack.url("shop"), at_once=40) as customers:
        tries = Tries(stack, judge, bank, customers)
        await tries.judge_moments()
        await tries.judge_refusals()
        await tries.judge_gifts()
        await tries.judge_peace()
        await tries.judge_outage()
        await tries.judge_return()


@exercise("9.3", deadline=150, changed=guarded(*ALL, shop="breaker", **QUICK))
async def test_a_breaker_opens_tries_and_closes(stack: RunningStack, judge: Judge):
    """A service that fails five times in a row is left alone, asked once a second, and used again when it is back."""
    async with Bankside(stack) as bank, anonymous(stack.url("shop"), at_once=60) as customers:
        circuit = Circuit(stack, judge, bank, customers)
        await circuit.judge_closed()
        await circuit.judge_interrupted()
        await circuit.judge_forms()
        await circuit.judge_mixed()
        await circuit.judge_half_open()
        await circuit.judge_outage()
        await circuit.judge_books()


@exercise("9.4", deadline=120, changed=guarded(*ALL, shop="bulkheads", **(QUICK | {"TRY_SECONDS": 8})))
async def test_a_wall_keeps_one_leak_from_sinking_all(stack: RunningStack, judge: Judge):
    """Customers who need only what works are served, those who find no room are told so, and room is given back."""
    async with Bankside(stack) as bank, anonymous(stack.url("shop"), at_once=60) as customers:
        walls = Walls(stack, judge, bank, customers)
        await walls.judge_payments_hold()
        await walls.judge_catalogue_holds()
        await walls.judge_free()


@exercise("9.5", deadline=120, changed=guarded(*BANK, payments="admission", PLACES=COUNTERS, WORK_SECONDS=0.02))
async def test_a_door_keeps_goodput_up(stack: RunningStack, judge: Judge):
    """Each customer has their share, a full line is closed, and with too many customers payments do what they can."""
    async with Bankside(stack) as bank, anonymous(stack.url("payments"), at_once=500) as customers:
        crowds = Crowds(stack, judge, bank, customers)
        await crowds.judge_buckets()
        await crowds.judge_line()
        await crowds.judge_overload()


@exercise("9.6", deadline=240, changed=suspected)
async def test_expectations_catch_what_is_wrong(stack: RunningStack, judge: Judge):
    """The learner's expectations refuse no right breaker, and let no wrong one of the bank's through."""
    trial = Trial(stack, judge)
    await trial.run()
    trial.judge_valid()
    trial.judge_thorough()
