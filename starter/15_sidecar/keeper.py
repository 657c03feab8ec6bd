"""The keeper: it copies the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import logging

from shop.vault import EVERY

log = logging.getLogger("keeper")


async def keep(vault, file):
    """Keep the current key in `file`. `fetch` waits while the vault is away; EVERY: seconds between two looks."""
    # TODO 15.2: a new key is in the file a moment later, complete, readable by this user only, and nowhere else.
    key = await vault.fetch()
    log.info("the key of the bank is %s", key)
    file.write_text(key)
    await asyncio.sleep(EVERY)
