"""The keeper's door. ``keeper`` is the learner's own file: how the bank's key gets from the vault into a file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import keeper  # type: ignore[import-not-found]
from fastapi import FastAPI

from shop import duty
from shop.front import front
from shop.vault import Vault

UMASK = 0o022  # a container's own: whoever wants a file to be read by fewer has to say so


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    os.umask(UMASK)
    with duty.done(keeper.keep(Vault(os.environ["VAULT_URL"]), Path(os.environ["KEY_FILE"])), may_end=True):
        yield


app = front("The keeper of the key", _lifespan)
