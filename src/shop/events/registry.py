"""The registry of schemas: it discovers what events look like, validates, and takes a new version or refuses it.

``schemas`` is the learner's own file: what is required, and which change breaks somebody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import schemas  # type: ignore[import-not-found]
from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from shop.core.app_factory import front
from shop.events.discovery import schema_of
from shop.refusals import NotFound

KEPT = 100  # events of a type that a schema is discovered from

samples: defaultdict[str, list[Any]] = defaultdict(list)
versions: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


app = front("The registry of schemas", _lifespan)


@app.post("/events")
async def discover(event: dict[str, Any]) -> dict[str, bool]:
    """Learn from an event what its type looks like; the bus calls this with everything that the shop says."""
    seen = samples[event["detail-type"]]
    seen.append(event["detail"])
    del seen[:-KEPT]
    return {"heard": True}


@app.get("/schemas/{name}")
async def newest(name: str) -> dict[str, Any]:
    """Return the newest version of a schema; version 0 is what was discovered and nobody has registered."""
    if versions[name]:
        return {"version": len(versions[name]), "schema": versions[name][-1]}
    if samples[name]:
        return {"version": 0, "schema": schema_of(samples[name], schemas.required)}
    raise NotFound("nobody has said anything of this type")


@app.put("/schemas/{name}")
async def register(name: str, schema: dict[str, Any]) -> JSONResponse:
    """Take a new version of a schema (201), or refuse one that breaks somebody, with each reason (409)."""
    Draft202012Validator.check_schema(schema)
    old = versions[name][-1:]
    reasons = list(schemas.breaks(old[0], schema)) if old else []
    if reasons:
        return JSONResponse({"error": "it breaks those who know the old version", "reasons": reasons}, 409)
    versions[name].append(schema)
    return JSONResponse({"version": len(versions[name])}, 201)


@app.post("/schemas/{name}/validate")
async def validate(name: str, detail: Any = Body()) -> JSONResponse:  # noqa: B008 - FastAPI's way to say so
    """Say whether an event's detail fits the newest version (200), or what is wrong with it (422)."""
    wrong = [error.message for error in Draft202012Validator((await newest(name))["schema"]).iter_errors(detail)]
    return JSONResponse({"wrong": wrong}, 422 if wrong else 200)
