"""Waiting for a change instead of looking again and again."""

from __future__ import annotations

import anyio
import pytest

from capsize.runtime.control.changes import Changes

pytestmark = pytest.mark.anyio


async def test_what_holds_already_is_not_waited_for():
    """A condition that holds needs no change."""
    await Changes().until(lambda: True)


async def test_a_condition_is_looked_at_after_each_change():
    """Two changes, the second of which makes the condition true: it is tried three times and no more."""
    changes, tries = Changes(), []

    def holds() -> bool:
        tries.append(anyio.current_time())
        return len(tries) == 3

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(changes.until, holds)
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
            changes.mark()
    assert len(tries) == 3


async def test_everybody_who_waits_is_woken():
    """One change ends all waits whose condition it makes true, and the others go on waiting."""
    changes, ready = Changes(), set[str]()
    with anyio.move_on_after(5) as limit:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(changes.until, lambda: "a" in ready)
            tasks.start_soon(changes.until, lambda: {"a", "b"} <= ready)
            for name in ("a", "b"):
                await anyio.lowlevel.checkpoint()
                ready.add(name)
                changes.mark()
    assert not limit.cancelled_caught
