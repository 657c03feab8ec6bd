"""The keeper: it brings the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import logging

from shop.vault import EVERY

log = logging.getLogger("keeper")


async def keep(vault, file):
    """Keep the key of the moment in `file`. `fetch` waits while the vault is away; EVERY: seconds from look to look."""
    # TODO 15.2: a new key is in the file a moment later, all of it at once, for this user's eyes only and nowhere else.
    key = await vault.fetch()
    log.info("the key of the bank is %s", key)
    file.write_text(key)
    await asyncio.sleep(EVERY)
