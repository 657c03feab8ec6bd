"""The insurers, the third team: they insure dear orders, and their program has a mistake that they do not know of yet.

``own/team.py`` is the learner's own file: how the team subscribes. ``PUT /mistake`` says for whom the program fails.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from own import team  # type: ignore[import-not-found]

from shop import cloud
from shop.core.app_factory import front
from shop.events import mailbox
from shop.messaging.worker_app import done

log = logging.getLogger("shop.insurers")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.insured, app.state.mistake = [], set()
    await asyncio.to_thread(_subscribe)
    with done(_insure(app)):
        yield


def _subscribe() -> None:
    team.subscribe(cloud.client("events"), cloud.client("sqs"))


async def _insure(app: FastAPI) -> None:
    async for event, delete in mailbox.messages("insurers"):
        order = event["detail"]["id"]
        if order in app.state.mistake:
            log.error("the program stops at order %s", order)
            continue
        app.state.insured.append(order)
        await delete()


app = front("The insurers", _lifespan)


@app.put("/mistake")
async def mistake(request: Request, orders: list[str]) -> dict[str, int]:
    """Have the program fail at these orders from now on."""
    request.app.state.mistake = set(orders)
    return {"fails_at": len(orders)}


@app.get("/insured")
async def insured(request: Request) -> list[str]:
    """List the orders that this process has insured, each as often as it was."""
    found: list[str] = request.app.state.insured
    return found
