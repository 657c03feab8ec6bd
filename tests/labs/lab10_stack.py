"""What the checks of lab 10 share: what runs beside the worker that is judged, and orders that nobody waits for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from capsize.check import Judge
from capsize.check.attribution import within
from capsize.check.kit import account
from capsize.check.log_analysis import LogAnalysis
from workbench.customers import Customers

GIVEN = ("shop", "db", "nats", "harbour", "harbour-db")
DECIDED_WITHIN = 15.0  # seconds in which a worker does what it is going to do, on a busy machine too
MISTAKE = re.compile(r"^(?:Type|Name|Attribute|Key|Value|UnboundLocal|Import|Index)Error\b.*", re.MULTILINE)


async def accepted(judge: Judge, customers: Customers, carts: Iterable[Mapping[str, int]]) -> list[dict[str, Any]]:
    """Place orders one by one, and return them; the shop has to accept each."""
    answers = [await customers.order_in_passing(cart) for cart in carts]
    account(judge, answers, expected={"202"}, sentence="every order is accepted (202)", look="")
    return [answer.body for answer in answers]


def counted(count: int, one: str, many: str) -> str:
    """Say how many of something there are."""
    return f"{count} {one if count == 1 else many}"


def programming_error(judge: Judge, stack: Any) -> dict[str, Any]:
    """Return what a claim takes where a log has a mistake that the code swallowed: its line, and its words."""
    logs = LogAnalysis(stack, judge.code)
    words = [found for one in logs.instances for found in MISTAKE.findall(one.logs(400))]
    place = logs.line() if words else None
    return {"at": within(place, judge.code), "evidence": words[-1:]} if place else {}
