"""A start that takes long: is it the learner's file that turns? Asked of the process itself, by a stack dump."""

from __future__ import annotations

import signal
import time

import anyio

from capsize.runtime.blame import blame
from capsize.runtime.instance import Instance
from capsize.stack.model import Place

SUSPICION = 5.0  # seconds of a start after which we look what keeps it
LOOKS = 3
APART = 0.2  # seconds between two looks, at least
PATIENCE = 5.0  # seconds that a busy machine may take to let the process get on between two looks


async def refuse_what_turns(instance: Instance) -> None:
    """Refuse a start that is in the learner's file at three looks in a row: waiting longer helps nobody."""
    probe = instance.service.readiness
    if instance.service.rollout or (probe and probe.start_period):
        return  # it has its own word on how long a start may take
    places = [await where_it_is(instance)]
    while places[-1] and len(places) < LOOKS and await _gets_on(instance):
        places.append(await where_it_is(instance))
    if places[-1] and len(places) == LOOKS:
        seconds = round(time.monotonic() - instance.began)
        where = f"{places[-1].file.name}:{places[-1].line}"
        raise instance.complaint(f"was still executing {where} after {seconds} s, before it served anybody")


async def _gets_on(instance: Instance) -> bool:
    """Wait until the instance has had time to get on; False where this machine gives it none."""
    from capsize.runtime.headway import Headway  # psutil takes its time to import, and few starts need it

    headway = Headway([instance.pid] if instance.pid is not None else [])
    with anyio.move_on_after(PATIENCE):
        await anyio.sleep(APART)
        while not headway.is_enough:
            await anyio.sleep(0.05)
        return True
    return False


async def where_it_is(instance: Instance) -> Place | None:
    """Have a Python service write down where it is, and name the learner's line."""
    if instance.service.image is not None or instance.child is None:
        return None
    instance.child.signal(signal.SIGUSR1)
    await anyio.sleep(APART)
    return blame(instance.log, instance.plan.code)
