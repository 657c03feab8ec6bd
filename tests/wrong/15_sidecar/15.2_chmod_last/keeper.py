"""The keeper: it brings the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import logging

from shop.vault import EVERY

log = logging.getLogger("keeper")


async def keep(vault, file):
    """Keep the key of the moment in `file`. `fetch` waits while the vault is away; EVERY is when to look again."""
    while True:
        key = await vault.fetch()
        new = file.with_suffix(".new")
        new.write_text(key)
        new.rename(file)
        file.chmod(0o600)
        await asyncio.sleep(EVERY)
