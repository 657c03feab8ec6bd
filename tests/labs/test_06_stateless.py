"""The checks of lab 06: carts that outlive a copy, drawings that pass the shop by, one flight for a hundred, growth."""

from __future__ import annotations

import asyncio
import time

from lab06_drawings import UPLOAD_SECONDS, Upload
from lab06_flights import CUSTOMERS, Flight
from lab06_growth import Connections, small_database
from lab06_sessions import SESSION_SECONDS, Sessions

from capsize.check import Judge, exercise
from capsize.check.kit import browser, database, only
from capsize.session.running import RunningStack
from workbench.customers import Customers

DEADLINE = 120  # seconds, for a busy machine
LEASE_SECONDS = 4  # in which a hundred customers come in, on a busy machine too
SHOP = ("shop", "db", "valkey", "s3")


@exercise("6.1", deadline=DEADLINE, changed=only(*SHOP, SESSION_SECONDS=SESSION_SECONDS))
async def test_a_cart_outlives_every_copy(stack: RunningStack, judge: Judge):
    """Any copy serves any cart, two tabs lose nothing, a copy may die, and a session ends when nobody uses it."""
    sessions = Sessions(stack, judge)
    await sessions.judge_every_copy()
    async with asyncio.TaskGroup() as both:
        both.create_task(sessions.judge_habits())
        both.create_task(sessions.judge_tabs())
    await sessions.judge_death()
    await sessions.judge_store()


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
        sent = await upload.judge_names()
        early, seen = await upload.invited(upload.name), await upload.address_of(sent[0].key)
        signed = time.time()  # at the latest
        await upload.judge_signatures(sent[1], seen)
        await upload.judge_time(sent[0].key, early["put"], seen, signed)


@exercise("6.3", deadline=DEADLINE, changed=only(*SHOP, LEASE_SECONDS=LEASE_SECONDS))
async def test_a_hundred_misses_are_one_flight(stack: RunningStack, judge: Judge):
    """One copy works an answer out for all, and may die; a failure is not kept; answers do not end together."""
    async with Customers(stack.url("shop"), at_once=CUSTOMERS) as customers, database(stack) as db:
        flight = Flight(stack, judge, customers, db)
        await flight.judge_one()
        await flight.judge_failures()
        await flight.judge_ends()


@exercise("6.4", deadline=DEADLINE, changed=small_database)
async def test_four_copies_work_side_by_side(stack: RunningStack, judge: Judge):
    """From one copy to four under load nobody fails, the database's connections suffice, and all of them work."""
    await Connections(stack, judge).judge_all()
