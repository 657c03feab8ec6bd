"""The keeper's door. ``keeper`` is the learner's own file: how the bank's key gets from the vault into a file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import keeper  # type: ignore[import-not-found]
from fastapi import FastAPI

from shop.core.app_factory import front
from shop.messaging import worker_app as duty
from shop.sidecar.key_watch import KeyWatch
from shop.vault import Vault

UMASK = 0o022  # a container's own: whoever wants a file to be read by fewer has to say so


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    os.umask(UMASK)
    file = Path(os.environ["KEY_FILE"])
    vault = Vault(os.environ["VAULT_URL"])
    KeyWatch(vault, file).begin()
    with duty.done(keeper.keep(vault, file), may_end=True):
        yield


app = front("The keeper of the key", _lifespan)
app.state.loop = "asyncio"  # uvloop starts processes without an audit event
