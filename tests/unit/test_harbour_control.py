"""Taking hold of a harbour from outside, and letting go of it."""

from __future__ import annotations

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
