"""The keeper: it copies the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import logging

from shop.vault import EVERY

log = logging.getLogger("keeper")


async def keep(vault, file):
    """Keep the current key in `file`. `fetch` waits while the vault is away; EVERY: seconds between two looks."""
    while True:
        key = await vault.fetch()
        beside = file.with_name("key.new")
        beside.touch(mode=0o600)  # before the key is in it
        beside.write_text(key)
        beside.replace(file)  # a reader finds the old key or the new one, never a part
        log.info("the key of the bank is there")
        await asyncio.sleep(EVERY)
