"""Awaiting a call that blocks: the loop stays free, and an interrupt reaches the call."""

from __future__ import annotations

import asyncio
import threading

import pytest

from capsize.ui.away import away

pytestmark = pytest.mark.anyio


async def test_result_comes_back():
    """What the call returns is what the await gives."""
    assert await away(lambda: 42) == 42


async def test_error_comes_back():
    """What the call raises is what the await raises."""
    with pytest.raises(ZeroDivisionError):
        await away(lambda: 1 / 0)


async def test_loop_stays_free():
    """Other tasks run while the call waits for them."""
    free = threading.Event()
    asyncio.get_running_loop().call_soon(free.set)
    assert await away(lambda: free.wait(5))


async def test_interrupt_cancels_the_call_and_awaits_its_end():
    """When the cell is interrupted the call is told, and has ended before the cell has."""
    told, ended = threading.Event(), threading.Event()

    def call():
        told.wait(5)
        ended.set()

    task = asyncio.create_task(away(call, told.set))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_error_after_an_interrupt_is_not_lost_on_anybody():
    """A call that fails because it was cancelled is still a cancel to the cell."""
    told = threading.Event()

    def call():
        told.wait(5)
        raise RuntimeError("unwound")

    task = asyncio.create_task(away(call, told.set))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
