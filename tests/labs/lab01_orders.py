"""What the checks of lab 01 read from the answers of customers who order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capsize.check import Judge
from workbench.customers import Answer, tally

NAMES: Mapping[str, str] = {"201": "placed (201)", "409": "sold out (409)"}


def told(answers: Iterable[Answer]) -> str:
    """Write a tally in words."""
    return ", ".join(f"{count} {NAMES.get(kind, f'answered {kind}')}" for kind, count in tally(answers).items())


def placed_orders(judge: Judge, answers: Iterable[Answer]) -> dict[str, int]:
    """Return the totals of the orders that were placed, by their ids; judge that they were told as orders."""
    bodies = [answer.body for answer in answers if answer.placed]
    odd = [body for body in bodies if not (isinstance(body, dict) and {"id", "total_cents"} <= body.keys())]
    sentence, bad = "who orders is told the order's id and total_cents", f"{len(odd)} of {len(bodies)} were not"
    judge.claim(not odd, sentence, bad, evidence=[str(body)[:200] for body in odd[:3]])
    return {body["id"]: body["total_cents"] for body in bodies}
