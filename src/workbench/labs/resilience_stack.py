"""Lab 09's stack with the guards that one check, or one experiment, is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from capsize.check.kit import only
from capsize.stack.model import Stack

BANK = ("payments", "harbour", "harbour-db")
ALL = ("shop", "catalogue", *BANK)
EVERYTHING = {"shop": "deadline retries breaker bulkheads", "payments": "deadline admission"}


def guarded(*services: str, shop: str = "", payments: str = "", **settings: Any) -> Callable[[Stack], Stack]:
    """Return a change of the stack: these services, or all, and around their calls only the files that are named."""

    def change(stack: Stack) -> Stack:
        kept = only(*(services or ALL), **settings)(stack)
        guards = {"shop": shop, "payments": payments}
        changed = {
            name: replace(one, environment={**one.environment, "GUARDS": guards[name]}) if name in guards else one
            for name, one in kept.services.items()
        }
        return replace(kept, services=changed)

    return change
