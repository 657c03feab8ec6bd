"""The checks of lab 10: a worker that may die, letters that nobody can deliver, two paces, one sequence, a replay."""

from __future__ import annotations

import asyncio
import os
import random

import pytest
from lab10_charges import Charges
from lab10_stack import bench, only

from capsize.check import Judge, exercise
from capsize.running import RunningStack
from shop.customers import Customers

SEED = int(os.environ.get("CAPSIZE_SEED") or random.randrange(1_000_000))

only_charges = only(CHARGES=2, ACK_WAIT=1)


# 10.1


@exercise("10.1", deadline=240)
@pytest.mark.usefixtures("only_charges")
async def test_each_order_is_charged_once(stack: RunningStack, judge: Judge):
    """Workers are killed before and after a charge and at the books; each of 500 orders is charged once and paid."""
    async with bench(stack) as hand, Customers(stack.url("shop"), at_once=20) as customers:
        charges = Charges(judge, hand, SEED)
        await hand.tell("bank", hold=charges.hold, fail=charges.fail)
        placing = asyncio.create_task(charges.place(customers))
        await charges.kill_workers()
        await placing
        await charges.kill_at_the_books()
        await charges.judge_ledger()
