"""When a check gives up."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

import pytest

from capsize.check import giving_up

QUIET, BUSY = (SimpleNamespace(cores=float, too_many=lambda cores, many=many: many) for many in (False, True))


async def seconds_of(neighbours, monkeypatch, *, deadline: float) -> float:
    """Return after how many seconds a check that waits for nothing is given up."""
    monkeypatch.setattr(giving_up, "LEAST", 0.2)
    monkeypatch.setattr(giving_up, "SHARE", 0.01)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"the check was not at its end after [\d.]+ s"):
        await giving_up.within(deadline, asyncio.sleep(60), neighbours)
    return time.monotonic() - began


@pytest.mark.anyio
async def test_a_check_gives_up_early_on_a_machine_of_its_own(monkeypatch):
    """Where nobody else uses the cores, a third of the time is enough to know that nothing comes."""
    assert await seconds_of(QUIET, monkeypatch, deadline=60) < 30


@pytest.mark.anyio
async def test_a_check_has_all_of_its_time_on_a_busy_machine(monkeypatch):
    """Where others are busy, a check that is merely slow goes on to its deadline."""
    assert await seconds_of(BUSY, monkeypatch, deadline=0.9) >= 0.9


@pytest.mark.anyio
async def test_a_check_that_ends_in_time_is_left_alone():
    """What a check itself raises is handed on, a time-out of its own too."""
    await giving_up.within(30, asyncio.sleep(0), QUIET)
    with pytest.raises(TimeoutError, match="of its own"):
        await giving_up.within(30, _raising(), QUIET)


async def _raising() -> None:
    raise TimeoutError("of its own")
