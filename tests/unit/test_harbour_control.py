"""Taking hold of a harbour from outside, and letting go of it."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from workbench import harbour_control
from workbench.harbour_control import Harbourside

pytestmark = pytest.mark.anyio


@pytest.fixture
def said(monkeypatch):
    """What was opened and closed, in order; a service called ``closed`` cannot be opened."""
    said: list[str] = []

    @asynccontextmanager
    async def opened(stack, service):
        if service in stack.closed:
            raise OSError(service)
        said.append(f"{service} opened")
        try:
            yield service
        finally:
            said.append(f"{service} closed")

    monkeypatch.setattr(harbour_control, "database", opened)
    monkeypatch.setattr(harbour_control, "browser", opened)
    return said


class ThreeCalls(Harbourside):
    """A harbour that holds three calls, one after the other."""

    def __init__(self) -> None:
        super().__init__(SimpleNamespace(closed=()))
        self.left, self.killed = 3, Counter()

    async def holds(self):
        return [{"office": "bank"}] if self.left else []

    async def kill(self, *services):
        self.killed.update(services)

    async def release(self):
        self.left -= 1
        return 1


@pytest.mark.parametrize(("calls", "kills"), [(2, 2), (9, 3)])
async def test_a_service_is_killed_at_each_call_that_is_held(calls, kills):
    """A kill meets a call in hand each time, so often as was asked for, or until it is over without another call."""
    harbour = ThreeCalls()
    assert await harbour.strike("charges", calls, unless=lambda: True) == kills
    assert harbour.killed == {"charges": kills}


async def test_what_is_in_hand_is_looked_at_before_each_kill():
    """Somebody who is to look before a kill sees what the office holds, each time."""
    harbour, seen = ThreeCalls(), []

    async def look():
        seen.append((await harbour.holds(), harbour.killed["charges"]))

    await harbour.strike("charges", 2, unless=lambda: True, before=look)
    assert seen == [([{"office": "bank"}], 0), ([{"office": "bank"}], 1)]


async def test_a_block_holds_a_harbour_and_lets_go_of_it(said):
    """Ledger and desks are open within the block, and closed after it, the last first."""
    async with Harbourside(SimpleNamespace(closed=())) as harbour:
        assert (harbour.ledger, harbour.desks, len(said)) == ("harbour-db", "harbour", 2)
    assert said[2:] == ["harbour closed", "harbour-db closed"]


async def test_a_notebook_holds_a_harbour_over_several_cells(said):
    """Where no block can last as long, ``beside`` takes hold and ``leave`` lets go."""
    harbour = await Harbourside.beside(SimpleNamespace(closed=()))
    assert len(said) == 2
    await harbour.leave()
    assert said[2:] == ["harbour closed", "harbour-db closed"]


async def test_what_was_opened_is_closed_where_the_next_cannot_be(said):
    """A harbour that does not answer leaves no connection to its ledger open."""
    with pytest.raises(OSError, match="harbour"):
        await Harbourside.beside(SimpleNamespace(closed=("harbour",)))
    assert said == ["harbour-db opened", "harbour-db closed"]
