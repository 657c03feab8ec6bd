"""What is done beside a block ends with it, also where it takes no notice of being cancelled."""

from __future__ import annotations

import asyncio

import pytest

from workbench.meanwhile import meanwhile

pytestmark = pytest.mark.anyio


async def test_works_are_done_again_and_again_until_the_block_ends():
    """Each work is done several times in a block, and never after it."""
    done = []

    async def work() -> None:
        done.append(1)
        await asyncio.sleep(0)

    async with meanwhile(work, work):
        while len(done) < 6:
            await asyncio.sleep(0)
    count = len(done)
    await asyncio.sleep(0.01)
    assert len(done) == count


async def test_work_that_swallows_its_cancellation_ends():
    """A work that ends as if it had not been cancelled is not begun again."""
    begun = []

    async def work() -> None:
        begun.append(1)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return

    async with asyncio.timeout(5):
        async with meanwhile(work):
            await asyncio.sleep(0)
    assert len(begun) == 1


async def test_work_that_fails_fails_the_block():
    """A failure beside a block is not lost."""

    async def work() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        async with meanwhile(work):
            await asyncio.sleep(0.01)


async def test_failure_of_the_block_comes_first():
    """Where the block and a work fail, the block's failure is told."""

    async def work() -> None:
        raise OSError("gone")

    async def block() -> None:
        async with meanwhile(work):
            await asyncio.sleep(0.01)
            raise ValueError("block")

    with pytest.raises(ValueError, match="block"):
        await block()
