"""The keeper: it brings the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import logging

from shop.vault import EVERY

log = logging.getLogger("keeper")


async def keep(vault, file):
    """Keep the key of the moment in `file`. `fetch` waits while the vault is away; EVERY is when to look again."""
    while True:
        key = await vault.fetch()
        file.touch(mode=0o600)
        file.write_text(key)
        log.info("the key of the bank is there")
        await asyncio.sleep(EVERY)
