"""The registry's doors. ``registry`` is the learner's own file, found in the code folder."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import registry  # type: ignore[import-not-found]
from fastapi import FastAPI
from pydantic import BaseModel, Field

from shop.core.app_factory import front
from shop.discovery.place import Place

LONGEST = 30.0  # seconds that a watcher is kept waiting

kept = registry.Registry(float(os.environ["LEASE_SECONDS"]))


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


app = front("The registry", _lifespan)


class Known(BaseModel):
    """What a watcher knows, {name: address}, and how many seconds it waits for something else."""

    copies: dict[str, str]
    seconds: float = Field(ge=0, le=LONGEST)


@app.put("/services/{service}/{name}")
async def renew(service: str, name: str, place: Place) -> dict[str, bool]:
    """Register a copy, or renew its lease."""
    kept.renew(service, name, place.address)
    return {"renewed": True}


@app.delete("/services/{service}/{name}")
async def leave(service: str, name: str) -> dict[str, bool]:
    """Take out a copy that says goodbye."""
    kept.leave(service, name)
    return {"left": True}


@app.get("/services/{service}")
async def copies(service: str) -> dict[str, Any]:
    """List the copies of a service: each with its address, and the seconds that are left of its lease."""
    return _told(kept.copies(service))


@app.post("/services/{service}/watch")
async def watch(service: str, known: Known) -> dict[str, Any]:
    """List them once they are others than the caller knows, or when the caller's time is over."""
    return _told(await kept.watch(service, known.copies, known.seconds))


def _told(leases: Mapping[str, Any]) -> dict[str, Any]:
    """Write leases for others, whose clocks are not ours: a lease then has so many seconds left."""
    now = time.monotonic()
    return {
        name: {"address": lease.address, "left": min(round(lease.until - now, 3), 1e9)}
        for name, lease in leases.items()
    }
