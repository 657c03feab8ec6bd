"""The keeper: it copies the bank's key from the vault into a file, which the app reads before each call."""

import asyncio
import os
import tempfile

from shop.vault import EVERY


async def keep(vault, file):
    """Keep the current key in `file`. `fetch` waits while the vault is away; EVERY: seconds between two looks."""
    known = None
    while True:
        key = await vault.fetch()
        if key != known:
            with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
                new.write(key)  # 0600 from the first moment on, under a name that nobody else has
            try:
                os.replace(new.name, file)
            except OSError:
                os.unlink(new.name)
                raise
            known = key
        await asyncio.sleep(EVERY)
