"""The log agent's door. ``agent`` is the learner's own file: how lines get from the app's files to the collector."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import agent  # type: ignore[import-not-found]
from fastapi import FastAPI

from shop.core.app_factory import front
from shop.core.disk_dict import Notes
from shop.messaging import worker_app as duty
from shop.sidecar.collector_client import Collector


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with Collector(os.environ["COLLECTOR_URL"]) as collector:
        notes = Notes(Path(os.environ["NOTES"]))
        with duty.done(agent.follow(Path(os.environ["LOG_FOLDER"]), notes, collector)):
            yield


app = front("The log agent", _lifespan)
