"""Six ways to find a copy of orders. ``balancing`` and ``resolver`` are the learner's own files.

``platform`` and ``mesh`` are one address each, behind which somebody else finds a copy. ``kept`` asks the name server
once, and keeps its connection for as long as it lives.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import balancing  # type: ignore[import-not-found]
import resolver  # type: ignore[import-not-found]

from shop.answers import Unanswered
from shop.copies import Endpoint, NoAnswer, RoutedCall, ask
from shop.discovery.directories import opened as directories
from shop.names import ORDERS

Way = Callable[[RoutedCall], Awaitable[Any]]


@cache
def resolver_of(caller: int) -> Any:
    """Return the resolver of one caller; 0 is this process itself."""
    return resolver.Resolver()


class NameServer:
    """Calls the addresses of a name in turns, one try for each call."""

    def __init__(self) -> None:
        self._turns = itertools.count()

    async def find(self) -> Endpoint:
        """Return the copy whose turn it is. Raises Unanswered if the name has no address."""
        addresses = sorted(await resolver_of(0).resolve(ORDERS))
        if not addresses:
            raise Unanswered(f"there is no {ORDERS}")
        address = addresses[next(self._turns) % len(addresses)]
        return Endpoint(address, address)

    async def carry(self, call: RoutedCall) -> Any:
        """Make a call at the copy whose turn it is."""
        return await ask(await self.find(), call)


class Kept:
    """Finds a copy once, and calls it until it does not answer any more."""

    def __init__(self, names: NameServer) -> None:
        self._names = names
        self._copy: Endpoint | None = None

    async def carry(self, call: RoutedCall) -> Any:
        """Make a call at the copy that was found, or find one first."""
        self._copy = copy = self._copy or await self._names.find()
        try:
            return await ask(copy, call)
        except NoAnswer:
            self._copy = None
            raise


@asynccontextmanager
async def opened() -> AsyncIterator[dict[str, Way]]:
    """Open the ways whose addresses are in the environment, by their names."""
    found, ways = directories(os.environ.get("REGISTRY_URL", ""), os.environ.get("NATS_URL", "")), {}
    listening = [asyncio.create_task(directory.keep_hearing()) for directory in found.values()]
    for way, directory in found.items():
        ways[way] = _balanced(directory)
    for way, variable in {"platform": "ORDERS_URL", "mesh": "MESH_URL"}.items():
        if url := os.environ.get(variable):
            ways[way] = _one_address(way, url)
    if os.environ.get("ENDPOINTS_URL"):
        names = NameServer()
        ways |= {"dns": names.carry, "kept": Kept(names).carry}
    yield ways
    for task in listening:
        task.cancel()


def _balanced(directory: Any) -> Way:
    async def carry(call: RoutedCall) -> Any:
        if not directory.copies:
            raise Unanswered("no copy of orders is known")
        return await balancing.carry(directory.copies, call)

    return carry


def _one_address(way: str, url: str) -> Way:
    copy = Endpoint(way, url.removeprefix("http://").rstrip("/"))

    async def carry(call: RoutedCall) -> Any:
        return await ask(copy, call)

    return carry
