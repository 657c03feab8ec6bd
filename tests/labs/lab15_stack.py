"""What the checks of lab 15 share: which of the pod runs, by whom it calls the bank, and a place beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from capsize.session.running import RunningStack
from capsize.stack.model import Stack
from workbench.labs.sidecar_control import Podside

GIVEN = ("shop", "db", "harbour", "harbour-db")
DIRECT = "http://harbour:8000"


def only(*others: str, bank: str = DIRECT, **settings: object) -> Callable[[Stack], Stack]:
    """Make a change of the lab's stack: the app with these others alone, its bank at an address, and its settings."""

    def change(stack: Stack) -> Stack:
        kept = stack.only(*GIVEN, *others)
        shop, told = kept.services["shop"], {name: str(value) for name, value in settings.items()}
        own = {**shop.environment, "BANK_URL": bank, **told}
        return replace(kept, services={**kept.services, "shop": replace(shop, environment=own)})

    return change


@asynccontextmanager
async def podside(stack: RunningStack) -> AsyncIterator[Podside]:
    """Take hold of a stack, and let go of it."""
    pod = await Podside.beside(stack)
    try:
        yield pod
    finally:
        await pod.leave()
