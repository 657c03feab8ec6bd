"""As the kubelet does it: a new folder, and a link that is swapped."""

import asyncio
import shutil
from uuid import uuid4

from shop.vault import EVERY


def put(key, file):
    folder = file.parent
    now = folder / f"..{uuid4().hex[:8]}"
    now.mkdir(mode=0o700)
    (now / file.name).touch(mode=0o600)
    (now / file.name).write_text(key)
    old = (folder / "..data").readlink() if (folder / "..data").is_symlink() else None
    swap = folder / "..data_tmp"
    swap.unlink(missing_ok=True)
    swap.symlink_to(now.name)
    swap.replace(folder / "..data")
    if not file.is_symlink():
        link = folder / "..key_tmp"
        link.unlink(missing_ok=True)
        link.symlink_to(f"..data/{file.name}")
        link.replace(file)
    if old:
        shutil.rmtree(folder / old)


def sweep(file):
    """Take away what a keeper has left that was killed before its link was swapped."""
    for folder in file.parent.glob("..????????"):
        if folder.is_dir() and folder.resolve() != file.resolve().parent:
            shutil.rmtree(folder)


async def keep(vault, file):
    was = None
    sweep(file)
    while True:
        if (key := await vault.fetch()) != was:
            put(key, file)
            was = key
        await asyncio.sleep(EVERY)
