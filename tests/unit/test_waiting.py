"""Waiting for something: how it ends, and what goes on meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from capsize.waiting import came_true

pytestmark = pytest.mark.anyio


async def test_waiting_ends_when_it_is_so():
    """A condition that something else on the loop brings about is seen, and long before the deadline."""
    done = []
    asyncio.get_running_loop().call_later(0.05, done.append, True)
    assert await asyncio.wait_for(came_true(lambda: done, 60), 20)


async def test_waiting_ends_in_time_when_it_never_is():
    """A condition that does not come true is reported as such at the deadline."""
    assert not await asyncio.wait_for(came_true(lambda: False, 0.1), 20)


async def test_what_is_so_already_is_not_waited_for():
    """A condition that holds is looked at once, however little time there is."""
    assert await came_true(lambda: True, 0)
