"""What the checks of lab 09 share: their judgement of the bank's books."""

from __future__ import annotations

from collections.abc import Iterable

from capsize.check import Judge
from workbench.customers import Answer
from workbench.labs.resilience_control import Bankside


async def judge_books(judge: Judge, bank: Bankside, answers: Iterable[Answer], line: int) -> None:
    """Judge that the bank charged each order that was placed once and in full, and no order twice."""
    odd = await bank.wrong(answers)
    sentence = "each order that was placed is charged once and in full, and no order twice"
    judge.claim(not odd, sentence, f"{len(odd)} orders are not", evidence=odd[:3], line=line)
