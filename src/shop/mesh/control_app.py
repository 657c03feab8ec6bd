"""The control plane's door. Who is answered when is the learner's own module, ``control``; what is said is given."""

from __future__ import annotations

import importlib
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from shop.core.app_factory import front
from shop.mesh.resources import Rule, Wanted, endpoints, routes
from shop.mesh.xds_app import question_of, response
from shop.xds import Question


class Change(BaseModel):
    """What is wanted from now on; a part that is None stays as it was."""

    endpoints: dict[str, list[str]] | None = None
    shares: dict[str, int] | None = None
    rules: dict[str, Rule] | None = None


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.control = importlib.import_module(os.environ["CONTROL"]).Control()
    app.state.wanted, app.state.asked = Wanted(), Counter()
    for kind in ("endpoints", "routes"):
        await app.state.control.change(kind)
    yield


app = front("The control plane", _lifespan)


@app.post("/v3/discovery:{kind}")
async def discover(kind: str, request: Request) -> Any:
    """Answer a sidecar; 304 where there is nothing new for it."""
    asked = await request.json()
    question = question_of(kind, asked)
    app.state.asked[question.caller] += 1
    version = await app.state.control.answer(question)
    if version is None:
        return Response(status_code=304)
    at = asked["node"].get("metadata", {}).get("at", {})
    return response(kind, version, _resources(question, at))


def _resources(question: Question, at: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = app.state.wanted
    if question.kind == "routes":
        return [routes(wanted)]
    return [endpoints(wanted, cluster, at) for cluster in question.names]


@app.put("/desired")
async def want(change: Change) -> Wanted:
    """Take in what is wanted."""
    told = {name: getattr(change, name) for name in change.model_fields_set}
    wanted: Wanted = app.state.wanted.model_copy(update=told)
    app.state.wanted = wanted
    for kind in ("endpoints", "routes"):
        if kind == "routes" or change.endpoints is not None:
            await app.state.control.change(kind)
    return wanted


@app.get("/desired")
async def wanted() -> Wanted:
    """Say what is wanted."""
    now: Wanted = app.state.wanted
    return now


@app.get("/refused")
async def refused() -> dict[str, str]:
    """Say which sidecars have refused what they were told, and in which version."""
    return dict(app.state.control.refused)


@app.get("/asked")
async def asked() -> dict[str, int]:
    """Count the questions of each sidecar."""
    return dict(app.state.asked)
