"""The checks of lab 01: the stock under a race, the checkout under a report, the seams between the modules."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from lab01_orders import told
from lab01_report import (
    PACE,
    Office,
    judge_answered,
    judge_changes,
    judge_reports_under_load,
    judge_two_readers,
    restore,
)
from lab01_seams import (
    AS_BEFORE,
    Shop,
    judge_failures,
    judge_neighbour,
    judge_one_order,
    judge_opposite_carts,
    judge_receipt,
    judge_refusals,
    judge_source,
    judge_walls,
    walled,
)
from lab01_stock import (
    CUSTOMERS,
    LANTERNS,
    Shelf,
    judge_door,
    judge_mixed_race,
    judge_pieces,
    judge_plenty,
    judge_race,
    plentiful,
    until_answered_by,
)

from capsize.check import Judge, exercise
from capsize.check.kit import database, too_busy
from capsize.session.running import RunningStack
from shop.core.catalogue import PLENTY
from shop.core.users import EMAILS
from workbench.customers import Customers, tally, unusual
from workbench.labs.monolith_latency import FLOOR_MS, measure

LIMIT, LATE = 3.0, "ReadTimeout"  # an order that has no answer in twenty seconds


@exercise("1.1", deadline=90)
async def test_two_hundred_customers_get_fifty_lanterns(stack: RunningStack, judge: Judge):
    """Fifty of two hundred customers get one of fifty lanterns, and two copies of the shop sell no piece twice."""
    few, many, *pair = plentiful(judge, 4)
    other, scarce = sorted(pair)  # orders take the other one first, and must give it back where the scarce one is gone
    async with Customers(stack.url("shop"), at_once=CUSTOMERS) as customers, database(stack) as db:
        shelf = Shelf(stack, judge, db, customers, "brass-lantern", LANTERNS)
        await judge_plenty(replace(shelf, sku=many, stock=PLENTY))
        await judge_race(shelf)
        await judge_pieces(replace(shelf, sku=few, stock=judge.draw.count(5, 9)))
        await judge_door(replace(shelf, sku=few))
        await asyncio.to_thread(stack.service("shop").scale, 2)
        await until_answered_by(customers, 2)
        stock, of = judge.draw.count(11, 17), "two copies of the shop"
        await judge_mixed_race(replace(shelf, sku=scarce, stock=stock, of=of), other)


@exercise("1.2", deadline=120)
async def test_a_report_holds_up_no_checkout(stack: RunningStack, judge: Judge):
    """A report tells the books' figures, and checkout's p99 beside it stays within three times its own baseline."""
    async with Customers(stack.url("shop")) as customers, database(stack) as db:
        office = Office(judge, db, customers)
        await judge_two_readers(office)
        await judge_changes(office)
        await restore(db)
        judge.done("ordered 40 times a second, in peace and beside one sales report after the other")
        checkout = await measure(customers, office.report, limit=LIMIT)
        judge_answered(judge, checkout.others)
        kinds = tally(checkout.orders).keys()
        if checkout.holds is None or (kinds == {"201", LATE} and not checkout.was_quiet):
            raise too_busy(*checkout.lines())
        sentence = f"checkout p99 beside a report within {LIMIT:g} x its baseline (of {FLOOR_MS:g} ms at least)"
        words, look = f"{checkout.ratio:.1f} x", "await db.fetch"
        judge.claim(checkout.holds, sentence, words, evidence=checkout.lines, look=look, line=PACE)
        is_placed, odd = kinds == {"201"}, unusual(checkout.orders, "201")
        judge.claim(is_placed, "every order is placed (201)", told(checkout.orders), evidence=odd, line=PACE)
        await judge_reports_under_load(office, checkout.others, checkout.orders)


@exercise("1.3", deadline=90, changed=walled)
async def test_orders_stays_on_its_side_of_the_seams(stack: RunningStack, judge: Judge):
    """Orders uses payments and inventory through public functions only, and the shop does what it did before."""
    judge_source(judge)
    judge.point(line=AS_BEFORE)
    url = stack.url("shop")
    async with (
        Customers(url) as ada,
        Customers(url, email=judge.draw.victim(EMAILS[1:])) as bo,
        database(stack) as db,
        database(stack) as hand,
    ):
        shop = Shop(stack, judge, db, ada, bo)
        await judge_one_order(shop)
        await judge_neighbour(shop)
        await judge_refusals(shop)
        await judge_failures(shop)
        await judge_receipt(shop)
        await judge_opposite_carts(shop, hand)
        judge_walls(shop)
