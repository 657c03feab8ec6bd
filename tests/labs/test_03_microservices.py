"""The checks of lab 03: the cut-over by weights, calls that lose answers, the move of the charges, payments down."""

from __future__ import annotations

import asyncio

from lab03_books import judge_peace
from lab03_calls import (
    ONCE,
    Market,
    judge_answers_are_final,
    judge_broken_off,
    judge_each_form,
    judge_lost_answers,
    judge_refused_charge,
    judge_silence,
    judge_tries,
)
from lab03_move import PAYERS, Move, Payers, judge_the_move, seed
from lab03_routes import ORDERS, SERVED, CutOver, judge_step, steps
from lab03_settling import (
    ACCEPTED,
    PAY,
    PENDING,
    SETTLED,
    Till,
    judge_accepted,
    judge_crash,
    judge_forms,
    judge_held_charge,
    judge_read_back,
    judge_refused,
    judge_return,
    often,
    payments_away,
    queue_up,
    sit_out,
)

from capsize.check import Judge, exercise
from capsize.check.draw import Draw
from capsize.check.kit import only
from capsize.session.running import RunningStack
from workbench.customers import Customers, anonymous


@exercise("3.1", deadline=120)
async def test_weights_say_who_is_paid(stack: RunningStack, judge: Judge):
    """At each share the new service gets that share of each kind of request, nothing fails, and the books agree."""
    async with Customers(stack.url("gateway"), at_once=ORDERS) as customers:
        cut = CutOver(stack, judge, customers)
        judge.point(line=SERVED)
        for step in steps(judge):
            await judge_step(cut, step)


@exercise("3.2", deadline=120)
async def test_nobody_is_charged_twice(stack: RunningStack, judge: Judge):
    """Lost answers, silent payments and refusals: one charge for each order, and an answer for each customer."""
    async with Customers(stack.url("gateway")) as customers:
        market = Market(stack, judge, customers)
        judge.point(line=ONCE)
        await judge_peace(stack, judge, customers, "def ask", ONCE)
        await judge_answers_are_final(market)
        await judge_each_form(market)
        await judge_broken_off(market)
        await judge_refused_charge(market)
        await judge_tries(market)
        await judge_lost_answers(market)
        await judge_silence(market)


@exercise("3.3", deadline=150, changed=only("payments", "payments-db", "db", "monolith"))
async def test_charges_move_with_customers_inside(stack: RunningStack, judge: Judge):
    """Through all steps of the move every receipt is right, and the books that are read hold each charge once."""
    async with anonymous(stack.url("payments"), at_once=PAYERS + 1) as door:
        move = Move(stack, judge, Payers(door, Draw(judge.seed, "those who pay")))
        await seed(move)
        paying = [asyncio.create_task(move.payers.keep_paying()) for _ in range(PAYERS)]
        try:
            await judge_the_move(move)
        finally:
            move.payers.over = True
            await asyncio.gather(*paying)


@exercise("3.4", deadline=120, changed=often)
async def test_the_shop_sells_on_while_payments_are_down(stack: RunningStack, judge: Judge):
    """Orders are pending while payments are down, outlive a crash, and are settled once when payments are back."""
    async with Customers(stack.url("gateway")) as customers:
        till = Till(stack, judge, customers)
        judge.point(line=ACCEPTED)
        await judge_peace(stack, judge, customers, PAY, SETTLED)
        await judge_forms(till)
        async with payments_away(stack) as stopped:
            await judge_accepted(till, judge.draw.count(*PENDING), "were stopped")
            await judge_read_back(till)
            await judge_crash(till)
            await sit_out(till)
            await queue_up(till)
            await judge_held_charge(till, stopped)
        await judge_return(till)
        await judge_refused(till)
