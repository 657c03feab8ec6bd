"""The release's door. ``canary`` is the learner's own file: how a new version gets to customers, or does not."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import BaseModel

from shop.answers import understood
from shop.core.app_factory import front
from shop.figures import CallCounts, counts_of

ANSWERS_WITHIN = 2.0  # seconds
log = logging.getLogger("shop.release")


class Plan(BaseModel):
    """By which steps (percentages) a version comes, and which share of how many answers may fail at each."""

    steps: list[int] = [5, 25, 50, 100]
    enough: int = 100
    budget: float = 0.02


class Release:
    """One release as the learner's function holds it: the plan, the switch and the figures."""

    def __init__(self, plan: Plan) -> None:
        self.steps, self.enough, self.budget = tuple(plan.steps), plan.enough, plan.budget
        self.shifts: list[dict[str, int | None]] = []

    async def shift(self, percent: int) -> None:
        """Send this share of the calls to version 2, and note how many it has answered by then."""
        known = await self.counts()
        self.shifts.append({"percent": percent, "answered": known.answered if known else None})
        shares = {"catalogue": 100 - percent, "catalogue-v2": percent}
        understood(await app.state.control.put("/desired", json={"shares": shares}))

    async def counts(self) -> CallCounts | None:
        """Read how many calls version 2 has had since the sidecar started; None where that cannot be read."""
        try:
            answer = await app.state.metrics.get(os.environ["METRICS_URL"])
        except httpx.TransportError:
            return None
        return counts_of(answer.text, "catalogue-v2") if answer.is_success else None


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.canary, app.state.release, app.state.ended = None, None, None
    common: dict[str, Any] = {"timeout": ANSWERS_WITHIN, "trust_env": False, "verify": False}  # no TLS
    async with (
        httpx.AsyncClient(base_url=os.environ["CONTROL_URL"], **common) as app.state.control,
        httpx.AsyncClient(**common) as app.state.metrics,
    ):
        yield
        if app.state.canary:
            app.state.canary.cancel()


app = front("The release", _lifespan)


@app.post("/release", status_code=202)
async def begin(plan: Plan) -> dict[str, bool]:
    """Begin a release."""
    app.state.release, app.state.ended = Release(plan), None
    app.state.canary = asyncio.create_task(_released(app.state.release))
    return {"begun": True}


async def _released(release: Release) -> None:
    try:
        app.state.ended = bool(await importlib.import_module("canary").release(release))
    except Exception:
        log.exception("the release ended")
        app.state.ended = False


@app.get("/release")
async def look() -> dict[str, Any]:
    """Say which shares there were, and whether version 2 is in; None while that is open."""
    release = app.state.release
    return {"shifts": release.shifts if release else [], "is_in": app.state.ended}
