"""The check of lab 09's task on your own: the plan is reckoned up, and then ships come: an ordinary day, and a rush."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from typing import Any

from capsize.check import Judge, exercise
from capsize.check.kit import account
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers, anonymous, tally

PRICES, PAID, ROOM = {"COPIES": 5, "PILOTS": 1}, 30, 8  # a day, and pilots in one copy
NUMBERS = {"COPIES", "PILOTS", "WAITING"}
ASKS = """
import json, sys
from own import capacity
print(json.dumps({name: getattr(capacity, name, None) for name in sys.argv[1:]}, default=repr))
"""
TOLD_WITHIN = 20.0  # seconds, on a busy machine too
COST, ORDINARY, RUSH = 1, 2, 3  # the acceptance lines
ARRIVALS, PILOTAGE = 12, 1.0  # ships a second, and seconds for each
DAY, CROWD, TIMES = 12.0, 8.0, 3  # seconds of each, and how many times more come in a rush
IN_WITHIN, RUSHED_WITHIN = 2.5, 4.0  # seconds, for 99 of 100
TURNED_AWAY, LEAST, PILOTS = 0.02, 0.8, 14  # shares, and pilots that a rush is reckoned with
IN, AWAY = "201", "503"


async def plan(judge: Judge) -> dict[str, int]:
    """Ask the learner's file for its three numbers, however it comes by them, in a process of its own."""
    found = {name: one for name, one in (await asyncio.to_thread(_told, judge)).items() if type(one) is int}
    missing = sorted(NUMBERS - found.keys())
    sentence = "COPIES, PILOTS and WAITING are whole numbers"
    judge.claim(not missing, sentence, f"{', '.join(missing)} is not", line=COST)
    return found


def _told(judge: Judge) -> dict[str, Any]:
    command = [sys.executable, "-B", "-c", ASKS, *sorted(NUMBERS)]
    done = subprocess.run(command, cwd=judge.code, capture_output=True, text=True, timeout=TOLD_WITHIN, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def judge_cost(judge: Judge, numbers: dict[str, int]) -> None:
    """Judge what a day costs."""
    copies, pilots = numbers["COPIES"], numbers["PILOTS"]
    judge.done(f"reckoned what {copies} copies with {pilots} pilots each cost")
    is_possible = copies >= 1 and 1 <= pilots <= ROOM
    sentence = f"there is a copy, and no copy has more than {ROOM} pilots"
    judge.claim(is_possible, sentence, f"{copies} copies, {pilots} pilots", look="PILOTS", line=COST)
    cost = copies * (PRICES["COPIES"] + pilots * PRICES["PILOTS"])
    judge.claim(cost <= PAID, f"a day costs {PAID} at most", f"it costs {cost}", look="COPIES", line=COST)


async def ships(judge: Judge, harbour: Customers, rate: float, seconds: float) -> list[Answer]:
    """Have ships come at drawn moments for a while, whether others are in or not; return what became of each."""
    start, at, coming = time.perf_counter(), 0.0, []
    while (at := at + judge.draw.expovariate(rate)) < seconds:
        await asyncio.sleep(start + at - time.perf_counter())
        coming.append(asyncio.create_task(harbour.ask("POST", "/ships", due=start + at)))
    answers = list(await asyncio.gather(*coming))
    account(judge, answers, expected={IN, AWAY}, sentence="a ship is in (201) or turned away (503)", line=ORDINARY)
    return answers


def judge_times(judge: Judge, answers: list[Answer], within: float, line: int) -> None:
    """Judge how long the ships took that were not turned away."""
    times = sorted(answer.seconds for answer in answers if answer.kind == IN)
    slowest = times[int(0.99 * (len(times) - 1))] if times else float("inf")
    sentence = f"99 % of the ships that are not turned away are in within {within:g} s"
    judge.claim(slowest <= within, sentence, f"within {slowest:.1f} s; {tally(answers)}", look="WAITING", line=line)


@exercise("9.own", deadline=120)
async def test_the_capacity_is_enough_and_no_more(stack: RunningStack, judge: Judge):
    """The plan is cheap enough, serves an ordinary day, and does what it can in a rush."""
    numbers = await plan(judge)
    judge_cost(judge, numbers)
    await asyncio.to_thread(stack.service("pilots").scale, numbers["COPIES"])
    async with anonymous(stack.url("pilots"), at_once=400) as harbour:
        judge.done(f"had {ARRIVALS} ships come in a second, for {DAY:g} s")
        day = await ships(judge, harbour, ARRIVALS, DAY)
        away = sum(answer.kind == AWAY for answer in day)
        sentence, words = f"at most {100 * TURNED_AWAY:.0f} % are turned away", f"{away} of {len(day)} were"
        judge.claim(away <= TURNED_AWAY * len(day), sentence, words, look="PILOTS", line=ORDINARY)
        judge_times(judge, day, IN_WITHIN, ORDINARY)
        judge.done(f"had {TIMES} times as many come, for {CROWD:g} s")
        rush = await ships(judge, harbour, TIMES * ARRIVALS, CROWD)
        judge_times(judge, rush, RUSHED_WITHIN, RUSH)
        done, can = sum(answer.kind == IN for answer in rush), PILOTS / PILOTAGE * CROWD
        sentence = f"at least {100 * LEAST:.0f} % of what {PILOTS} pilots can do is done"
        judge.claim(done >= LEAST * can, sentence, f"{done} ships are in; {can:.0f} could be", look="PILOTS", line=RUSH)
