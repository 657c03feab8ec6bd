"""The monolith with its solved modules, on a real database, for the tests of the shop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from running_shop import ROOT, SLUG, connected, dsn, start

from capsize.session.running import RunningStack
from workbench.customers import Customers


@pytest.fixture(scope="module")
def stack() -> Iterator[RunningStack]:
    """One stack for a module's tests; they do not get in each other's way, or they start their own."""
    with start(ROOT / "solutions" / SLUG) as up:
        yield up


@pytest.fixture
async def customers(stack: RunningStack) -> AsyncIterator[Customers]:
    """Customers of the shop, logged in."""
    async with Customers(stack.url("shop")) as logged_in:
        yield logged_in


@pytest.fixture
async def database(stack: RunningStack) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the shop's database."""
    async with connected(dsn(stack)) as db:
        yield db
