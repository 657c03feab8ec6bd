"""A call that is not awaited says so, and does nothing."""

from __future__ import annotations

import asyncio

import pytest

from capsize.ui.awaited import awaited

pytestmark = pytest.mark.anyio
begun: list[str] = []


@awaited
async def sail(where: str) -> str:
    begun.append(where)
    return f"at {where}"


async def test_awaited_call_returns_its_result():
    """With await it is what it was."""
    assert await sail("home") == "at home"


async def test_call_can_be_a_task():
    """It can run beside others, as every coroutine can."""
    assert await asyncio.create_task(sail("sea")) == "at sea"


async def test_call_without_await_says_what_is_missing(capsys):
    """Shown or dropped, it names the word that is missing, and nothing has begun."""
    words = repr(sail("nowhere"))
    assert "write await in front of .sail(" in words
    assert words in capsys.readouterr().err
    assert "nowhere" not in begun
