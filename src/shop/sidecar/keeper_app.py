"""The keeper's door. ``keeper`` is the learner's own file: how the bank's key gets from the vault into a file."""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import keeper  # type: ignore[import-not-found]
from fastapi import FastAPI

from shop.core.app_factory import front
from shop.messaging import worker_app as duty
from shop.vault import Vault

log = logging.getLogger("shop.keys")
UMASK = 0o022  # a container's own: whoever wants a file to be read by fewer has to say so
STARTS = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.system", "os.putenv")
"""Python's audit events with a command line or an environment in them."""


def _watch_files(folder: Path) -> None:
    """Write down where a file of the folder is not empty, and others may read it, when it is renamed or narrowed."""

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("os.rename", "os.chmod") and isinstance(arguments[0], str | os.PathLike):
            path = Path(arguments[0])
            with suppress(OSError):
                found = path.stat()
                if path.parent == folder and found.st_size and stat.S_IMODE(found.st_mode) & 0o077:
                    log.warning("%s was open to others with the key in it", path.name)

    sys.addaudithook(look)


def _watch_starts(vault: Vault) -> None:
    """Write down where a key of the vault is in a command line, or in an environment that somebody is started with."""

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event in STARTS and any(key in repr(arguments) for key in vault.given):
            log.warning("a key was handed to %s", event)

    sys.addaudithook(look)


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    os.umask(UMASK)
    file = Path(os.environ["KEY_FILE"])
    vault = Vault(os.environ["VAULT_URL"])
    _watch_files(file.parent)
    _watch_starts(vault)
    with duty.done(keeper.keep(vault, file), may_end=True):
        yield


app = front("The keeper of the key", _lifespan)
app.state.loop = "asyncio"  # uvloop starts processes without an audit event
