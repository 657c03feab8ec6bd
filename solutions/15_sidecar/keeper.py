"""The keeper: it brings the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import logging

from shop.vault import EVERY

log = logging.getLogger("keeper")


async def keep(vault, file):
    """Keep the key of the moment in `file`. `fetch` waits while the vault is away; EVERY: seconds from look to look."""
    while True:
        key = await vault.fetch()
        beside = file.with_name("key.new")
        beside.touch(mode=0o600)  # before the key is in it
        beside.write_text(key)
        beside.replace(file)  # who opens it finds the old key or the new one, and never a part
        log.info("the key of the bank is there")
        await asyncio.sleep(EVERY)
