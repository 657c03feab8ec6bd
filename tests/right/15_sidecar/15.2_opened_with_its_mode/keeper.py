"""The keeper: it brings the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import logging
import os

from shop.vault import EVERY

log = logging.getLogger("keeper")


async def keep(vault, file):
    """Keep the key of the moment in `file`. `fetch` waits while the vault is away; EVERY is when to look again."""
    while True:
        key = await vault.fetch()
        beside = file.with_name("key.new")
        fetched = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(fetched, key.encode())
        os.close(fetched)
        beside.replace(file)  # who opens it finds the old key or the new one, and never a part
        log.info("the key of the bank is there")
        await asyncio.sleep(EVERY)
