"""The checks of lab 08: a restart only where it helps, customers only where they are served, and a good farewell."""

from __future__ import annotations

from dataclasses import replace

from lab08_farewell import Farewell
from lab08_kiosks import KIOSKS, Kiosks
from lab08_liveness import Liveness
from lab08_readiness import Watch

from capsize.check import Judge, exercise
from capsize.check.kit import during, only
from capsize.session.running import RunningStack
from capsize.stack.model import Stack

DEADLINE = 120


def unwatched(stack: Stack) -> Stack:
    """Leave the shop without a liveness probe: readiness is judged alone, whatever health.py says."""
    kept = only("db", "shop")(stack)
    return replace(kept, services={**kept.services, "shop": replace(kept.services["shop"], liveness=None)})


@exercise("8.1", deadline=DEADLINE, changed=only("db", "shop"))
async def test_only_a_stuck_loop_is_started_again(stack: RunningStack, judge: Judge):
    """A cut database restarts no copy; a stuck event loop restarts the copy that has it, and no other."""
    liveness = Liveness(stack, judge)
    await liveness.judge_cut()
    await liveness.judge_stuck()


@exercise("8.2", deadline=DEADLINE, changed=unwatched)
async def test_readiness_follows_the_database_when_it_is_sure(stack: RunningStack, judge: Judge):
    """A flapping database changes nothing; one that is away takes every copy out, and back when it is back."""
    watch = Watch(stack, judge)
    await watch.judge_flapping()
    async with during(stack.edge("shop", "db").cut):
        await watch.judge_absence()
    await watch.judge_doubt()
    await watch.judge_return()


@exercise("8.3", deadline=DEADLINE, wait=False, changed=only("db", *KIOSKS))
async def test_slow_and_quick_start_under_three_probes(stack: RunningStack, judge: Judge):
    """Both kiosks start, are given up when they hang, and follow the database without a restart."""
    kiosks = Kiosks(stack, judge)
    await kiosks.judge_start()
    await kiosks.judge_cut()
    await kiosks.judge_return()


@exercise("8.4", deadline=DEADLINE, changed=only("db", "shop"))
async def test_a_rolling_restart_drops_nobody(stack: RunningStack, judge: Judge):
    """Every copy is replaced under load, and no request fails; each leaves by itself, and says that it does."""
    await Farewell(stack, judge).judge_roll()
