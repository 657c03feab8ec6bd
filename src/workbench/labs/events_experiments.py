"""Lab 11's experiments: a day of events, orders in several currencies, and how far the yard is behind the shop."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

from capsize.check.kit import browser, until
from capsize.load import LoadReport
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from workbench.harbour_control import Harbourside
from workbench.labs.events_control import Event, placed

PARCELS = "GET /parcels"
HEARD_WITHIN = 30.0  # seconds
AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)  # when the first order of the bonus was placed
CURRENCIES = ("EUR", "SEK", "EUR", "GBP")


def a_day() -> list[Event]:
    """Return twenty events: twelve orders, four that are cancelled, two of the stock, two of another company.

    Three orders go abroad, and two are dear.
    """
    orders = [placed(item=item) for item in ("shackle", "ensign", "oakum", "brass-bell") * 3]
    for number, country in ((1, "SE"), (5, "PT"), (9, "NO")):
        orders[number]["detail"]["country"] = country
    for number in (2, 9):
        orders[number]["detail"]["total_cents"] = 250_000
    cancelled = [{**one, "detail-type": "OrderCancelled"} for one in orders[:4]]
    stock = [{**placed(), "source": "shop.stock", "detail-type": "StockLow"} for _ in range(2)]
    partner = [{**placed(country="SE"), "source": "pilots.orders"} for _ in range(2)]
    return Random(11).sample([*orders, *cancelled, *stock, *partner], 20)


def with_country_as(name: str) -> list[Event]:
    """Return six orders that go abroad, with the country in a field of this name."""
    orders = [placed(country="SE") for _ in range(6)]
    for one in orders:
        one["detail"][name] = one["detail"].pop("country")
    return orders


def a_morning(count: int = 8) -> list[Event]:
    """Return orders in several currencies, a minute apart; half of them in euros."""
    same = [{"currency": CURRENCIES[number % 4], "total_cents": 5000 + 100 * number} for number in range(count)]
    return [placed(**one) | {"time": AT + timedelta(minutes=number)} for number, one in enumerate(same)]


async def replay(stack: RunningStack, since: datetime = AT, minutes: int = 60) -> None:
    """Press the bonus' button: replay what was said in these minutes."""
    window = {"since": since.isoformat(), "until": (since + timedelta(minutes=minutes)).isoformat()}
    async with browser(stack, "bonus") as door:
        (await door.post("/replay", params=window)).raise_for_status()


async def bonuses(fund: Harbourside, events: list[Event]) -> list[int]:
    """Say how often each of these orders was paid its bonus."""
    deeds = await fund.deeds("fund")
    return [deeds[one["detail"]["id"]] for one in events]


async def place(stack: RunningStack, count: int) -> list[str]:
    """Have customers place orders at the shop, and wait until the yard has heard of all; return the orders."""
    async with browser(stack, "shop") as shop, browser(stack, "yard") as yard:
        asked = {"customer": "ada", "address": "the quay 1", "item": "shackle", "pieces": 2, "card": "4000 1234"}
        made = [(await shop.post("/orders", json=asked)).raise_for_status().json()["id"] for _ in range(count)]

        async def have_all() -> bool:
            return set(made) <= set((await yard.get("/parcels")).json())

        await until(have_all, "the yard has heard of all orders", within=HEARD_WITHIN)
    return made


async def seconds_behind(stack: RunningStack, order: str, address: str) -> float:
    """Have an order go somewhere else, and return for how many seconds the yard says something older."""
    async with browser(stack, "shop") as shop, browser(stack, "yard") as yard:
        (await shop.put(f"/orders/{order}/address", json={"address": address})).raise_for_status()
        moved = time.monotonic()
        while (await yard.get(f"/parcels/{order}")).json().get("address") != address:
            await asyncio.sleep(0.02)
        return time.monotonic() - moved


async def furthest_behind(stack: RunningStack, order: str, moves: int) -> float:
    """Move an order so many times, at moments of no pattern, and return the longest that the yard was behind."""
    random, behind = Random(4), [0.0]
    for number in range(moves):
        await asyncio.sleep(random.uniform(0, 0.7))
        behind.append(await seconds_behind(stack, order, f"the quay {number + 2}"))
    return max(behind)


async def calls_back(stack: RunningStack) -> int:
    """Count the calls of the yard to the shop."""
    await asyncio.sleep(2 * FRESH)  # a reading of the wires serves for so long
    return stack.edge("yard", "shop").stats().requests or 0


def failed(report: LoadReport) -> float:
    """Return the percentage of questions about parcels that failed."""
    tally: Any = report.by_name[PARCELS]
    return float(100 * len(tally.failed) / tally.answered)


async def proposals(stack: RunningStack) -> tuple[httpx.Response, httpx.Response]:
    """Register what an order looks like; then propose another name for a field, and a new field beside it."""
    fields = {"id": {"type": "string"}, "country": {"type": "string"}, "total_cents": {"type": "integer"}}
    first = {"type": "object", "properties": fields, "required": ["id", "total_cents"]}
    renamed = {name if name != "country" else "destination": one for name, one in fields.items()}
    added = {**fields, "destination": {"type": "string"}}
    async with browser(stack, "registry") as door:
        (await door.put("/schemas/OrderPlaced", json=first)).raise_for_status()
        answers = [
            await door.put("/schemas/OrderPlaced", json={**first, "properties": new}) for new in (renamed, added)
        ]
    return answers[0], answers[1]


async def is_valid(stack: RunningStack, **order: Any) -> bool:
    """Ask the registry whether an order is as its newest version says."""
    async with browser(stack, "registry") as door:
        answer = await door.post("/schemas/OrderPlaced/validate", json=order)
    return answer.status_code == 200
