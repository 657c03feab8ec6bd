"""The checks of lab 08: a restart only where it helps, customers only where they are served, and a good farewell."""

from __future__ import annotations

from dataclasses import replace

from lab08_farewell import Farewell, slow_stocktakes
from lab08_kiosks import Kiosks, two_of_each
from lab08_liveness import Liveness
from lab08_readiness import Rehearsal, Watch

from capsize.check import Judge, exercise
from capsize.check.kit import during, only
from capsize.session.running import RunningStack
from capsize.stack.model import Port, Stack

DEADLINE = 120


def open_at_once(stack: Stack) -> Stack:
    """Have the shop count as started when its door is open: its startup probe waits as long as health.py says no."""
    kept = only("db", "shop")(stack)
    shop = kept.services["shop"]
    startup = shop.startup and replace(shop.startup, kind="tcp")
    return replace(kept, services={**kept.services, "shop": replace(shop, startup=startup)})


def rehearsed(stack: Stack) -> Stack:
    """Leave the shop without a liveness probe: readiness is judged alone. Beside it readiness.py is rehearsed."""
    kept = only("db", "shop")(stack)
    shop, db = replace(kept.services["shop"], liveness=None), replace(kept.services["db"], ports=(Port(5432),))
    alone = replace(
        shop,
        name="rehearsal",
        command=(*shop.command[:-1], "shop.health.rehearsal:app"),
        environment={name: value for name, value in shop.environment.items() if name == "PORT"},
        readiness=shop.startup,
        startup=None,
        replicas=1,
    )
    return replace(kept, services={**kept.services, "db": db, "shop": shop, "rehearsal": alone})


@exercise("8.1", deadline=DEADLINE, changed=open_at_once)
async def test_only_a_stuck_loop_is_started_again(stack: RunningStack, judge: Judge):
    """A database that is away restarts no copy; a stuck event loop restarts the copy that has it, and no other."""
    liveness = Liveness(stack, judge)
    await liveness.judge_health()
    await liveness.judge_absence()
    await liveness.judge_stuck()


@exercise("8.2", deadline=DEADLINE, changed=rehearsed)
async def test_readiness_follows_the_database_when_it_is_sure(stack: RunningStack, judge: Judge):
    """A database that stumbles changes nothing; while it is away nobody meets a copy that cannot serve."""
    watch = Watch(stack, judge)
    await watch.judge_flaps()
    for _ in range(2):  # what was seen first is old by the time it is wanted
        await watch.change_a_price()
        await watch.until_seen()
    async with during(stack.edge("shop", "db").cut):
        await watch.judge_absence()
        if not watch.stays:
            await watch.judge_doubt()
        await watch.change_a_price()
    await watch.judge_return()
    await Rehearsal(stack, judge, stays=watch.stays).judge_rows()


@exercise("8.3", deadline=DEADLINE, wait=False, changed=two_of_each)
async def test_slow_and_quick_start_under_three_probes(stack: RunningStack, judge: Judge):
    """All kiosks start, those that hang are given up, and the others follow the database without a restart."""
    kiosks = Kiosks(stack, judge)
    await kiosks.judge_start()
    await kiosks.judge_rotation()
    await kiosks.judge_again()


@exercise("8.4", deadline=DEADLINE, changed=slow_stocktakes)
async def test_a_rolling_restart_drops_nobody(stack: RunningStack, judge: Judge):
    """Every copy is replaced under load, and no request fails; each leaves by itself, and says that it does."""
    farewell = Farewell(stack, judge)
    await farewell.judge_roll()
    await farewell.judge_quiet()
