"""The checks of lab 15: an agent that loses no line, a key that changes in use, and an ambassador, twice."""

from __future__ import annotations

from lab15_calls import STEPS, Calls
from lab15_stack import only, podside

from capsize.check import Judge, exercise
from capsize.running import RunningStack
from shop.customers import Customers

# 15.3


@exercise("15.3", deadline=120, changed=only("ambassador", bank="http://localhost:9000"))
async def test_an_ambassador_gets_through(stack: RunningStack, judge: Judge):
    """It keeps connections, repeats what may be repeated and nothing else, and leaves a closed bank alone."""
    await judge_calls(stack, judge, "ambassador", "yours")


# 15.4


@exercise("15.4", deadline=120, changed=only("envoy", bank="http://localhost:9001"))
async def test_envoy_does_the_same(stack: RunningStack, judge: Judge):
    """Configured and not programmed, Envoy is held to what the ambassador is held to."""
    await judge_calls(stack, judge, "envoy", "envoy")


async def judge_calls(stack: RunningStack, judge: Judge, who: str, way: str) -> None:
    """Judge what an ambassador does with the app's calls, one step after the other."""
    async with podside(stack) as pod, Customers(stack.url("shop")) as customers:
        calls = Calls(judge, pod, customers, who=who, way=way)
        for step in STEPS:
            await step(calls)
