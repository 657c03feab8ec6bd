"""A start that takes long: does it hang in the learner's file? Asked of the process itself, by a stack dump."""

from __future__ import annotations

import time

import anyio

from capsize.runtime.control.complaint import complaint
from capsize.runtime.control.instance import Instance
from capsize.runtime.tracebacks import DUMPED, own_line, tail
from capsize.stack.model import Location

SUSPICION = 5.0  # seconds of a start after which we look what keeps it
LOOKS = 3
LINES = 4000  # of a log, with the dumps of all looks
APART = 0.2  # seconds between two looks, at least
DUMPED_WITHIN = 5.0  # seconds that a busy machine may take to let the process get on between two looks


async def refuse_what_is_stuck(instance: Instance) -> None:
    """Refuse a start that hangs in the learner's file: waiting longer helps nobody."""
    probe = instance.service.readiness
    if instance.service.rollout or (probe and probe.start_period):
        return  # it has its own word on how long a start may take
    place = await where_it_is_stuck(instance)
    if place and not instance.settled.is_set():  # it may have got ready while it was looked at
        seconds = round(time.monotonic() - instance.began)
        where = f"{place.file.name}:{place.line}"
        raise complaint(instance, f"was still executing {where} after {seconds} s, before it served anybody", place)


async def where_it_is_stuck(instance: Instance) -> Location | None:
    """Name the learner's line in which a Python service is at every look, though it could get on between them."""
    place = await _where_it_is(instance)
    for _ in range(LOOKS - 1):
        if place is None or not await _gets_on(instance):
            return None
        place = await _where_it_is(instance)
    return place


async def _gets_on(instance: Instance) -> bool:
    """Wait until the instance has had time to get on; False where this machine gives it none."""
    from capsize.runtime.control.cpu_progress import (
        CpuProgress,  # psutil takes its time to import, and few starts need it
    )

    headway = CpuProgress([instance.pid] if instance.pid is not None else [])
    with anyio.move_on_after(DUMPED_WITHIN):
        await anyio.sleep(APART)
        while not headway.is_enough:
            await anyio.sleep(0.05)
        return True
    return False


async def _where_it_is(instance: Instance) -> Location | None:
    """Have a Python service write down where it is, and name the learner's line; None where it does not come to it."""
    if instance.service.image is not None or instance.child is None:
        return None
    before = _dumps(instance)
    instance.dump()
    with anyio.move_on_after(DUMPED_WITHIN):
        while _dumps(instance) == before:
            await anyio.sleep(0.02)
        await anyio.sleep(APART)  # for the whole of it
        return own_line(tail(instance.log, LINES), instance.plan.code)
    return None


def _dumps(instance: Instance) -> int:
    return sum(DUMPED in line for line in tail(instance.log, LINES))
