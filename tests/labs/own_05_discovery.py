"""The check of lab 05's task on your own: a registry out of reach, first for the desk and then for all tugs."""

from __future__ import annotations

import asyncio

import httpx
from lab05_tugs import Harbour, towers

from capsize.check import Judge, exercise
from capsize.check.kit import during, only
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from workbench.customers import Answer, anonymous
from workbench.labs.discovery_copies import Leases
from workbench.labs.discovery_windows import retire

LEASE, BEAT, AWAY = 2.0, 0.7, 10.0  # seconds
LATE = 1.0  # seconds that a desk may take to notice
GONE = LEASE + LATE  # seconds after its last word in which a tug may still be called
SOON = 15.0  # seconds within which tugs start, register and are called, on a busy machine too


@exercise("5.own", deadline=180, changed=only("desk", "tugs", "nats", LEASE_SECONDS=LEASE, BEAT=BEAT))
async def test_ships_do_not_notice_that_the_registry_is_away(stack: RunningStack, judge: Judge):
    """Ships are towed while nobody reaches the registry, and what it says counts while it can be believed."""
    judge.point(look="def to_call", evidence=lambda: judge.story(stack, "tugs", "desk"), line=4)
    async with anonymous(stack.url("desk"), at_once=10) as ships, Leases(stack, "desk") as leases:
        harbour = Harbour(stack, judge, ships, leases)
        await harbour.until_all_share(SOON)
        moved, left = await judge_deaf(judge, harbour)
        await judge_back(judge, harbour, moved, left)
        left = await judge_goodbye(judge, harbour)
        await judge_unheard(judge, harbour, left)
        await judge_silence(judge, harbour)


async def judge_deaf(judge: Judge, harbour: Harbour) -> tuple[InstanceHandle, InstanceHandle]:
    """Judge a desk that hears nothing, while a tug dies; return that one, which moves, and one that says goodbye."""
    judge.point(line=1)
    dying, leaving = judge.draw.sample(harbour.tugs, 2)
    judge.done(f"cut the desk off from the registry for {AWAY:g} s, and killed {dying.name}")
    async with during(harbour.stack.edge("desk", "nats").cut):
        answers = await harbour.tow_for(judge.draw.uniform(0.3, 1.5))
        await asyncio.to_thread(dying.kill)
        answers += await harbour.tow_for(GONE)
        later = await harbour.tow_for(AWAY - GONE - 1.5)
        harbour.claim_towed(answers + later, "while the desk hears nothing of the registry")
        alive = {tug.name for tug in harbour.tugs} - {dying.name}
        harbour.claim_shares(later, alive, "the tugs that are left share the ships")
        judge.done(f"meanwhile {leaving.name} said goodbye, and {dying.name} came back at its address")
        address = (await harbour.leases.listed("tugs"))[leaving.name]
        await retire(leaving)
        await harbour.leases.write("tugs", dying.name, address, LEASE)  # the process at that address goes on serving
        await harbour.until_listed({tug.name for tug in harbour.tugs} - {leaving.name}, SOON)
    return dying, leaving


async def judge_back(judge: Judge, harbour: Harbour, moved: InstanceHandle, left: InstanceHandle) -> None:
    """Judge that the list counts again: with a tug that moved, and without one that left."""
    judge.point(line=4, look="def heard")
    expected = {tug.name for tug in harbour.tugs} - {left.name}

    async def is_as_listed() -> bool:
        return towers(await harbour.tow_some()).keys() == expected

    sentence = "when the registry is back, the tugs that it lists are called, and no others"
    await judge.eventually(is_as_listed, sentence, lambda: harbour.said, within=LEASE + SOON / 3)
    for tug in (moved, left):
        await asyncio.to_thread(tug.restart)
    await harbour.until_all_share(SOON)


async def judge_unheard(judge: Judge, harbour: Harbour, left: InstanceHandle) -> None:
    """Judge a desk that hears of no tug, because the registry hears none; one had left before that."""
    judge.point(line=2, look="def heard")
    judge.done(f"cut all tugs off from the registry for {AWAY:g} s; each went on serving")
    every = {tug.name for tug in harbour.tugs} - {left.name}
    async with during(harbour.stack.edge("tugs", "nats").cut):
        answers = await harbour.tow_for(GONE)
        later = await harbour.tow_for(AWAY - GONE)
        harbour.claim_towed(answers + later, "while the registry hears no tug")
        harbour.claim_shares(later, every, "all tugs go on sharing the ships")
        claim_no_call(judge, left, later)
    await asyncio.to_thread(left.restart)
    await harbour.until_all_share(SOON)


async def judge_goodbye(judge: Judge, harbour: Harbour) -> InstanceHandle:
    """Judge that a tug that says goodbye is called no more, although it would serve; return it."""
    judge.point(line=3, look="def heard")
    leaving = judge.draw.victim(harbour.tugs)
    judge.done(f"had {leaving.name} say goodbye, and serve on")
    await retire(leaving)
    await asyncio.sleep(GONE)
    answers = await harbour.tow_some()
    harbour.claim_towed(answers, "after a goodbye")
    claim_no_call(judge, leaving, answers)
    return leaving


def claim_no_call(judge: Judge, left: InstanceHandle, answers: list[Answer]) -> None:
    count = towers(answers)[left.name]
    sentence = "a tug that has said goodbye gets no call"
    judge.claim(not count, sentence, f"{left.name} towed {count} ships", line=3)


async def judge_silence(judge: Judge, harbour: Harbour) -> None:
    """Judge that a tug that hangs is called no more when its lease is over; it says itself who called."""
    hanging = judge.draw.victim(harbour.tugs)
    judge.done(f"had {hanging.name} hang")
    await asyncio.to_thread(hanging.pause)
    answers = await harbour.tow_for(GONE)
    before = len(harbour.names)
    answers += await harbour.tow_some()
    harbour.claim_towed(answers, "while a tug hangs")
    await asyncio.to_thread(hanging.resume)
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=SOON) as client:
        told = (await client.get(f"http://127.0.0.1:{hanging.port}/tows")).raise_for_status().json()
    called = sorted(set(told) & set(harbour.names[before:]))
    sentence = "a tug that hangs alone gets no call when its lease is over"
    judge.claim(not called, sentence, f"{len(called)} of {len(harbour.names) - before} ships called it")
