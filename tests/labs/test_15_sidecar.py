"""The checks of lab 15: an agent that loses no line, a key that changes in use, and an ambassador, twice."""

from __future__ import annotations

from lab15_calls import Calls
from lab15_keys import Keys
from lab15_lines import SIZE, Lines
from lab15_outages import Outages

from capsize.check import Judge, exercise
from capsize.check.kit import only
from capsize.session.running import RunningStack
from workbench.customers import Customers
from workbench.labs.sidecar_control import Podside

GIVEN = ("shop", "db", "harbour", "harbour-db")
DIRECT = "http://harbour:8000"  # the bank, without anybody between

# 15.1


@exercise("15.1", deadline=180, changed=only(*GIVEN, "agent", "collector", BANK_URL=DIRECT, LOG_BYTES=SIZE))
async def test_every_line_arrives_once(stack: RunningStack, judge: Judge):
    """App and agent are killed again and again, and the log turns over; every line arrives, and none arrives twice."""
    async with Podside(stack) as pod, Customers(stack.url("shop")) as customers:
        lines = Lines(judge, pod, customers)
        await lines.kill_both()
        await lines.order_unseen()
        await lines.judge_lines()


# 15.2


@exercise(
    "15.2",
    deadline=120,
    changed=only(*GIVEN, "keeper", "vault", BANK_URL=DIRECT),
    uncontained="it looks into processes and their files",
)
async def test_keys_change_in_use(stack: RunningStack, judge: Judge):
    """The bank's keys change while customers buy: nobody notices, and nobody who should not can read one."""
    async with Podside(stack) as pod, Customers(stack.url("shop")) as customers:
        keys = Keys(judge, pod, customers)
        await keys.first()
        beside = keys.beside()
        await keys.rotate_in_calm()
        await keys.rotate_in_trouble()
        for task in beside:
            task.cancel()
        keys.judge_answers()
        keys.judge_secrecy()


# 15.3


@exercise("15.3", deadline=180, changed=only(*GIVEN, "ambassador", BANK_URL="http://localhost:9000"))
async def test_an_ambassador_gets_through(stack: RunningStack, judge: Judge):
    """It keeps connections, repeats what may be repeated and nothing else, and leaves a closed bank alone."""
    async with Podside(stack) as pod, Customers(stack.url("shop")) as customers:
        calls = Calls(judge, pod, customers, who="ambassador", way="yours")
        await judge_calls(calls)
        await calls.judge_pauses()
        await judge_rest(calls)


# 15.4


@exercise("15.4", deadline=180, changed=only(*GIVEN, "envoy", BANK_URL="http://localhost:9001"))
async def test_envoy_does_the_same(stack: RunningStack, judge: Judge):
    """Configured and not programmed, Envoy is held to what the ambassador is held to."""
    async with Podside(stack) as pod, Customers(stack.url("shop")) as customers:
        calls = Calls(judge, pod, customers, who="envoy", way="envoy")
        await judge_calls(calls)
        await judge_rest(calls)


async def judge_calls(calls: Calls) -> None:
    """Judge what an ambassador does with the app's calls, one step after the other."""
    await calls.judge_connections()
    await calls.judge_repeats()
    await calls.judge_no_answer()
    await calls.judge_one_order_twice()


async def judge_rest(calls: Calls) -> None:
    """Judge what must not be repeated, and what goes out while the bank refuses, or is away."""
    await calls.judge_gifts()
    await calls.judge_refusals()
    await Outages(calls).judge_all()
    await calls.judge_books()
