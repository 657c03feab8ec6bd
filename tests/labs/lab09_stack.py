"""What the checks of lab 09 share: the stack with the guards that one check needs, and what the bank knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from capsize.check import Judge
from capsize.check.kit import only
from capsize.stack.model import Stack
from workbench.customers import Answer
from workbench.labs.resilience_control import Bankside

BANK = ("payments", "harbour", "harbour-db")
ALL = ("shop", "catalogue", *BANK)


def guarded(*services: str, shop: str = "", payments: str = "", **settings: object) -> Callable[[Stack], Stack]:
    """Return a change of the stack: these services, and around their calls only the files that are named."""

    def change(stack: Stack) -> Stack:
        kept = only(*services, **settings)(stack)
        guards = {"shop": shop, "payments": payments}
        changed = {
            name: replace(one, environment={**one.environment, "GUARDS": guards[name]}) if name in guards else one
            for name, one in kept.services.items()
        }
        return replace(kept, services=changed)

    return change


async def judge_books(judge: Judge, bank: Bankside, answers: Iterable[Answer], line: int) -> None:
    """Judge that the bank charged each order that was placed once and in full, and no order twice."""
    odd = await bank.wrong(answers)
    sentence = "each order that was placed is charged once and in full, and no order twice"
    judge.claim(not odd, sentence, f"{len(odd)} orders are not", evidence=odd[:3], line=line)
