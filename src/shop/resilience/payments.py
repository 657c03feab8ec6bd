"""Payments: some places, at each of which one payment is worked on at a time; the rest waits in line.

The work takes time and no processor, so that the capacity is the same on every machine: PLACES / WORK_SECONDS.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse

from shop.core.app_factory import front
from shop.resilience import guards
from shop.resilience.errands import Due
from shop.resilience.guards import Dependency
from shop.resilience.places import Places

PLACES, WORK_SECONDS = int(os.environ["PLACES"]), float(os.environ["WORK_SECONDS"])

admission = guards.on_guard("admission")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.bank = Dependency("the bank", os.environ["BANK_URL"])
    app.state.line, app.state.door = Places(PLACES), admission and admission.Door()
    yield


app = front("Payments", _lifespan)


@app.post("/payments", status_code=201)
async def pay(
    request: Request,
    due: Due,
    idempotency_key: Annotated[str | None, Header()] = None,
    x_customer: Annotated[str, Header()] = "the shop",
) -> Any:
    """Charge; the same key again charges nothing more."""
    end, state = guards.begin(request.headers), request.app.state
    if refused := state.door and state.door.refuse(x_customer, state.line.waiting):
        return _turned_away(refused)
    async with state.line.place():
        guards.check(end)
        await asyncio.sleep(WORK_SECONDS)
        errand = {"order_id": str(due.order_id), "cents": due.cents, "note": ""}
        return await state.bank.ask("POST", f"/offices/{due.office}", end, key=idempotency_key, body=errand)


def _turned_away(status: int) -> Response:
    words = {"error": "too many of your own" if status == 429 else "too many wait already"}
    return JSONResponse(words, status_code=status, headers={"Retry-After": "1"})
