"""The authority's door: it supplies sidecars with what they need for TLS. ``authority`` is the learner's own file.

``POST /cards`` and ``PUT /supplies`` are for those who play a workload in a lab, ``PUT /late`` for those who play the
network between, and ``POST /roots`` for those who want a new root.
"""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from shop.certificates import Root
from shop.core.app_factory import front
from shop.mesh.supplies import Mesh
from shop.mesh.xds_app import question_of, response
from shop.messaging import worker_app as duty

WORKLOADS = ("orders", "catalogue", "payments", "auditor")


class Wished(BaseModel):
    """Who somebody wants to be, and for how many seconds; ``strange`` has another root sign it."""

    workload: str
    seconds: float = 3600
    strange: bool = False


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.authority = importlib.import_module(os.environ["AUTHORITY"])
    app.state.mesh = mesh = Mesh(WORKLOADS, float(os.environ["CERTIFICATE_SECONDS"]))
    app.state.roots, app.state.late = [mesh.root], {}
    await mesh.trust(mesh.root)
    with duty.done(app.state.authority.keep(mesh), may_end=True):
        yield


app = front("The authority", _lifespan)


@app.post("/v3/discovery:secrets")
async def discover(request: Request) -> Any:
    """Tell a sidecar its certificate, or the roots; 304 where there is nothing new."""
    question = question_of("secrets", await request.json())
    found = await app.state.mesh.answer(question)
    await asyncio.sleep(app.state.late.get(question.caller, 0))
    return response("secrets", *found) if found else Response(status_code=304)


@app.post("/cards")
async def card(wished: Wished) -> dict[str, str]:
    """Issue a certificate to somebody who plays a workload; the first root does, if asked to be the old one."""
    root = Root("a stranger") if wished.strange else app.state.mesh.root
    issued = root.issue(wished.workload, wished.seconds)
    return {"certificate": issued.certificate, "key": issued.key}


@app.put("/supplies/{workload}")
async def supply(workload: str, wished: Wished) -> dict[str, bool]:
    """Hand the sidecars of a workload another certificate, which may have the name of another one in it."""
    mesh = app.state.mesh
    await mesh.give(workload, mesh.root.issue(wished.workload, wished.seconds))
    await mesh.taken()
    return {"given": True}


@app.put("/late/{workload}")
async def late(workload: str, seconds: float) -> dict[str, bool]:
    """Have the sidecars of a workload hear of everything so many seconds late."""
    app.state.late[workload] = seconds
    return {"taken": True}


@app.post("/roots")
async def replace() -> dict[str, int]:
    """Replace the root by a new one, in the learner's way."""
    app.state.roots.append(new := Root(f"root {len(app.state.roots) + 1}"))
    await app.state.authority.replace(app.state.mesh, new)
    return {"roots": len(app.state.roots)}
