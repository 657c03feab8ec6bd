"""A start that takes long: is it the learner's file that turns? Asked of the process itself, by a stack dump."""

from __future__ import annotations

import time

import anyio

from capsize.runtime.blame import blame
from capsize.runtime.instance import Instance
from capsize.stack.model import Place

SUSPICION = 5.0  # seconds of a start after which we look what keeps it
LOOKS = 3


async def refuse_what_turns(instance: Instance) -> None:
    """Refuse a start that is in the learner's file at three looks in a row: waiting longer helps nobody."""
    probe = instance.service.readiness
    if instance.service.rollout or (probe and probe.start_period):
        return  # it has its own word on how long a start may take
    places = [await where_it_is(instance) for _ in range(LOOKS)]
    if places[-1] and all(places):
        seconds = round(time.monotonic() - instance.began)
        where = f"{places[-1].file.name}:{places[-1].line}"
        raise instance.complaint(f"was still executing {where} after {seconds} s, before it served anybody")


async def where_it_is(instance: Instance) -> Place | None:
    """Have a Python service write down where it is, and name the learner's line."""
    if instance.service.image is not None or instance.child is None:
        return None
    instance.dump()
    await anyio.sleep(0.2)
    return blame(instance.log, instance.plan.code)
