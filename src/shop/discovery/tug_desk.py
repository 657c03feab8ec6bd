"""The desk, to which ships come that want to be towed. ``own/tugs.py`` is the learner's own file.

It asks the registry for its list again and again, and calls one tug after the other until one answers.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from own import tugs  # type: ignore[import-not-found]

from shop.answers import Unanswered
from shop.copies import Endpoint, NoAnswer, RoutedCall, ask
from shop.core.app_factory import front
from shop.core.logging_setup import own_traceback
from shop.discovery.lease_bucket import Bucket

log = logging.getLogger("shop.tug_desk")
TUGS = "tugs"  # as which they are registered
ASKS_EVERY, LISTED_WITHIN = 0.1, 1.0  # seconds

known = tugs.Tugs()
turns = itertools.count()


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    listening = asyncio.create_task(_keep_listening(Bucket(os.environ["NATS_URL"])))
    yield
    listening.cancel()


async def _keep_listening(registry: Bucket) -> None:
    """Hand on each list of the registry; while it does not answer there is none."""
    while True:
        try:
            async with asyncio.timeout(LISTED_WITHIN):
                listed = await registry.listed(TUGS)
        except Exception as reason:
            log.info("hears nothing: %r", reason)
        else:
            _hand_on(listed)
        await asyncio.sleep(ASKS_EVERY)


def _hand_on(listed: dict[str, str]) -> None:
    try:
        known.heard(listed)
    except Exception as error:
        log.error("heard raised\n%s", own_traceback(error))


app = front("The tugs' desk", _lifespan)


@app.post("/tows/{ship}", status_code=201)
async def tow(ship: str, response: Response) -> dict[str, str]:
    """Have a ship towed; ``X-Served-By`` says by which tug."""
    response.headers["X-Served-By"] = name = await _towed(ship)
    return {"towed": ship, "by": name}


async def _towed(ship: str) -> str:
    """Call one tug after the other. Return the name of the one that came; raise Unanswered if none did."""
    copies = [Endpoint(name, address) for name, address in sorted(known.to_call().items())]
    first = next(turns) % max(1, len(copies))
    for copy in copies[first:] + copies[:first]:
        try:
            await ask(copy, RoutedCall(TUGS, "POST", f"/tows/{ship}", {}, b""))
        except NoAnswer:  # a ship that was towed twice has not come to harm
            continue
        return copy.name
    raise Unanswered("no tug answers")
