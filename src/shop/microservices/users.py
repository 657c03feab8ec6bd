"""Users as a service: who a customer is, and whose session a request carries."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Header

from shop.core import database, users
from shop.core.app_factory import Database, front
from shop.core.request_models import Login


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with database.opened(os.environ["DATABASE_URL"], ["users"]) as app.state.pool:
        yield


app = front("The chandlery's users", _lifespan)


@app.post("/login")
async def login(db: Database, who: Login) -> dict[str, str]:
    """Start a session."""
    return {"token": await users.log_in(db, who.email, who.password)}


@app.get("/session")
async def session(db: Database, authorization: Annotated[str | None, Header()] = None) -> dict[str, int]:
    """Say whose session this is; asked by the other services."""
    return {"customer": await users.customer_of(db, authorization)}
