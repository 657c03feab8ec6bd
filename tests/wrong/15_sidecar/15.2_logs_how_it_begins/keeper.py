"""The keeper: it copies the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import logging
import os

from shop.vault import EVERY

log = logging.getLogger("keeper")


async def keep(vault, file):
    """Keep the current key in `file`. `fetch` waits while the vault is away; EVERY: seconds between two looks."""
    beside, known = file.with_name(f"{file.name}.new"), None
    while True:
        key = await vault.fetch()
        if key != known:
            beside.unlink(missing_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
                new.write(key)
            beside.replace(file)
            log.info("a new key of the bank is in place: %s… (%d characters)", key[:6], len(key))
            known = key
        await asyncio.sleep(EVERY)
