"""The check of lab 09's task on your own: the plan is reckoned up, and then ships come: an ordinary day, and a rush."""

from __future__ import annotations

import ast
import asyncio
import time
from collections.abc import Iterator

from capsize.check import Judge, exercise
from capsize.check.kit import account
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers, anonymous, tally

PRICES, PAID, ROOM = {"COPIES": 5, "PILOTS": 1}, 30, 8  # a day, and pilots in one copy
COST, ORDINARY, RUSH = 1, 2, 3  # the acceptance lines
ARRIVALS, PILOTAGE = 12, 1.0  # ships a second, and seconds for each
DAY, CROWD, TIMES = 12.0, 8.0, 3  # seconds of each, and how many times more come in a rush
IN_WITHIN, RUSHED_WITHIN = 2.5, 4.0  # seconds, for 99 of 100
TURNED_AWAY, LEAST, PILOTS = 0.02, 0.8, 14  # shares, and pilots that a rush is reckoned with
IN, AWAY = "201", "503"


def plan(judge: Judge) -> dict[str, int]:
    """Read the three numbers of the learner's file; whatever else is in it does not count."""
    tree = ast.parse((judge.code / judge.exercise.file).read_text(encoding="utf-8"))
    found = dict(_numbers(tree))
    missing = sorted({"COPIES", "PILOTS", "WAITING"} - found.keys())
    sentence = "COPIES, PILOTS and WAITING are whole numbers"
    judge.claim(not missing, sentence, f"{', '.join(missing)} is not", line=COST)
    return found


def _numbers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int(number))):
                yield name, number


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
    numbers = plan(judge)
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
