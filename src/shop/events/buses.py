"""Makes the bus, its archive, and the rules with their targets, once when it starts; then it only answers /ready.

``RULES`` names which. ``patterns`` is the learner's own file: what the rules of the queues match.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from shop.cloud import until_it_answers
from shop.core.app_factory import front
from shop.events.rules import MADE, Maker


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    await asyncio.to_thread(_make)
    yield


def _make() -> None:
    maker = Maker()
    until_it_answers(maker.events)
    maker.bus()
    for name in os.environ["RULES"].split():
        MADE[name](maker)


app = front("The chandlery's bus", _lifespan)
