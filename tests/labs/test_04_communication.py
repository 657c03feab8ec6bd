"""The checks of lab 04: what a page costs in calls, how long it may wait for them, and what it does without."""

from __future__ import annotations

from dataclasses import replace

from lab04_pages import Pages
from lab04_phone import PART_SECONDS, Phone
from lab04_queries import Queries
from lab04_stock import PATIENCE, Counter

from capsize.check import Judge, exercise
from capsize.check.kit import only
from capsize.session.running import RunningStack
from capsize.stack.model import Stack
from workbench.customers import anonymous
from workbench.labs.communication_shop import Backstage

DEADLINE = 90


def behind_the_phone(stack: Stack) -> Stack:
    """Return the phone's stack, whose catalogue has no file of the learner's."""
    kept = only("phone", "orders", "catalogue", "stock", "tides", PART_SECONDS=PART_SECONDS)(stack)
    catalogue = kept.services["catalogue"]
    given = replace(catalogue, environment={**catalogue.environment, "FILES": ""})
    return replace(kept, services={**kept.services, "catalogue": given})


@exercise("4.1", deadline=DEADLINE, changed=only("shop", "orders", "catalogue", FILES="batch"))
async def test_a_page_asks_once(stack: RunningStack, judge: Judge):
    """However long a page is, the catalogue is asked as rarely as it allows, and each line is right."""
    async with (
        Backstage(stack) as backstage,
        anonymous(stack.url("shop")) as customers,
        anonymous(stack.url("catalogue")) as outside,
    ):
        pages = Pages(judge, backstage, customers, outside)
        await pages.judge_changes()
        await pages.judge_lengths()
        await pages.judge_limit()


@exercise("4.2", deadline=DEADLINE, changed=only("shop", "stock", FILES="stock", PATIENCE=PATIENCE))
async def test_calls_and_streams_end(stack: RunningStack, judge: Judge):
    """A watch says each change; a customer who asks has an answer in time, and leaves nothing behind."""
    async with Backstage(stack) as backstage, anonymous(stack.url("shop"), at_once=10) as customers:
        counter = Counter(stack, judge, backstage, customers)
        await counter.judge_watch()
        await counter.judge_arrivals()
        await counter.judge_hangs()


@exercise("4.3", deadline=DEADLINE, changed=only("graph", "orders", "catalogue", "stock", FILES=""))
async def test_resolvers_ask_together(stack: RunningStack, judge: Judge):
    """A query asks each service once for each level, shows what is right, and is refused if it is too much."""
    async with Backstage(stack) as backstage, anonymous(stack.url("graph")) as client:
        queries = Queries(stack, judge, backstage, client)
        await queries.begin()
        await queries.judge_changes()
        await queries.judge_calls()
        await queries.judge_outages()
        await queries.judge_limits()


@exercise("4.4", deadline=DEADLINE, changed=behind_the_phone)
async def test_a_page_lacks_a_part_and_no_more(stack: RunningStack, judge: Judge):
    """Parts are asked for at the same time; one that does not come is missing, and nothing else is."""
    async with Backstage(stack) as backstage, anonymous(stack.url("phone"), at_once=5) as customers:
        phone = Phone(stack, judge, backstage, customers)
        await phone.begin()
        await phone.judge_together()
        await phone.judge_missing()
        await phone.judge_order()
