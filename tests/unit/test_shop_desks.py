"""The harbour's desks: calls that are counted, held and released."""

from __future__ import annotations

import asyncio

import pytest

from shop.harbour.fault_script import Closed, Desks, Orders

pytestmark = pytest.mark.anyio
ORDER = "an order"


async def held_call(desks: Desks, point: str) -> asyncio.Task[None]:
    """Begin a first call at a bank that holds it, and wait until it is held."""
    desks.tell("bank", Orders(hold={1: point}))
    call = asyncio.create_task(desks.hold("bank", desks.came("bank"), point, ORDER))
    await asyncio.sleep(0)  # it begins
    assert [held.order_id for held in desks.waiting] == [ORDER]
    return call


async def test_call_held_after_its_deed_goes_on():
    """A call that is held after its deed waits for the release, and is answered then."""
    desks = Desks()
    call = await held_call(desks, "after")
    assert not call.done()
    assert desks.release() == 1
    await call


async def test_call_held_before_its_deed_is_sent_away():
    """A call that is held before its deed is never acted on."""
    desks = Desks()
    call = await held_call(desks, "before")
    desks.release()
    with pytest.raises(Closed):
        await call


async def test_other_calls_pass():
    """Only the call of that number, at that point, is held."""
    desks = Desks()
    desks.tell("bank", Orders(hold={2: "before"}))
    await desks.hold("bank", desks.came("bank"), "before", ORDER)
    await desks.hold("bank", desks.came("bank"), "after", ORDER)
    assert desks.waiting == []


async def test_calls_are_counted_from_when_an_office_is_told():
    """New orders begin with call 1."""
    desks = Desks()
    assert [desks.came("post"), desks.came("post")] == [1, 2]
    desks.tell("post", Orders())
    assert desks.came("post") == 1


async def test_released_call_is_held_no_more():
    """After a release nobody is told of the call that was held."""
    desks = Desks()
    call = await held_call(desks, "after")
    desks.release()
    await call
    assert desks.waiting == []
