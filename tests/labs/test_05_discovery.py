"""The checks of lab 05: a registry whose leases end, calls that find a copy that lives, names with a time to live."""

from __future__ import annotations

from contextlib import AsyncExitStack

from lab05_balancing import Callers
from lab05_names import Names
from lab05_registry import BEAT, LEASE, Leaseholders
from lab05_watchers import Watchers

from capsize.check import Judge, exercise
from capsize.check.kit import browser, only
from capsize.session.running import RunningStack
from workbench.customers import anonymous
from workbench.labs.discovery_copies import Leases

DEADLINE = 120
ANSWERED_WITHIN = 10.0  # seconds that the registry has for an answer, beyond which it hangs


@exercise(
    "5.1",
    deadline=DEADLINE,
    changed=only("registry", "orders", "db", LEASE_SECONDS=LEASE, BEAT=BEAT, NATS_URL="", ENDPOINTS_URL=""),
)
async def test_a_registry_forgets_who_falls_silent(stack: RunningStack, judge: Judge):
    """Leases end when they are not renewed, copies come back and move, and watchers hear of it at once."""
    async with browser(stack, "registry", timeout=ANSWERED_WITHIN) as client:
        holders = Leaseholders(stack, judge, client)
        watchers = Watchers(holders)
        try:
            await holders.begin()
            await holders.judge_silence()
            await holders.judge_return()
            await watchers.judge_patience()
            await watchers.judge_news()
            await holders.judge_platform()
        finally:
            await holders.end()


@exercise(
    "5.2",
    deadline=DEADLINE,
    changed=only("shop", "nats", REGISTRY_URL="", ENDPOINTS_URL="", ANSWER_SECONDS=1),
    uncontained="the check plays the copies itself, at this machine's own ports",
)
async def test_calls_find_a_copy_that_answers(stack: RunningStack, judge: Judge):
    """Copies take turns while they have a lease; who calls a bad one is served by another; the registry may be away."""
    async with AsyncExitStack() as opened:
        customers = await opened.enter_async_context(anonymous(stack.url("shop"), at_once=50))
        callers = Callers(stack, judge, customers, await opened.enter_async_context(Leases(stack)))
        await callers.open(opened)
        await callers.judge_turns()
        await callers.judge_elsewhere()
        await callers.judge_leases()
        await callers.judge_away()


@exercise("5.3", deadline=DEADLINE, changed=only("shop", "endpoints", REGISTRY_URL="", NATS_URL=""))
async def test_answers_live_as_long_as_the_zone_says(stack: RunningStack, judge: Judge):
    """Names are asked for once in their TTL, also those that are not there; a name server may be away."""
    async with browser(stack, "endpoints") as zone, anonymous(stack.url("shop"), at_once=20) as customers:
        names = Names(stack, judge, zone, customers)
        await names.judge_ttl()
        await names.judge_missing()
        await names.judge_away()
