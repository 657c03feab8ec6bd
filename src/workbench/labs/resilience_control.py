"""Lab 09's bank from outside: what each call said, when it came, and what was charged."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import NAMESPACE_OID, uuid5

from workbench.customers import Answer
from workbench.harbour_control import Harbourside


def order_of(key: str) -> str:
    """Return the id that the shop gives to an order with this Idempotency-Key."""
    return str(uuid5(NAMESPACE_OID, key))


class Bankside(Harbourside):
    """What one holds of the bank behind payments."""

    async def heard(self, key: str) -> list[str]:
        """List what the calls for an order said of the time that is left; refused calls are there too."""
        said: list[str] = (await self.desks.get(f"/heard/{order_of(key)}")).raise_for_status().json()
        return said

    async def take(self, keys: list[str]) -> None:
        """Have the bank take these keys of its own and no others; an empty list takes everybody."""
        (await self.desks.put("/keys", json={"taken": keys})).raise_for_status()

    async def moments(self, key: str) -> list[float]:
        """List when the bank was asked for an order, in seconds."""
        return [call["at"] for call in await self.calls("bank") if call["order"] == order_of(key)]

    async def retries(self) -> int:
        """Count the bank's calls for orders beyond the first of each."""
        calls = await self.calls("bank")
        return len(calls) - len({call["order"] for call in calls})

    async def gifts(self, cents: int) -> int:
        """Count the gifts of this sum that were taken."""
        taken = "SELECT count(*) FROM harbour.deeds WHERE office = 'fund' AND cents = $1"
        return int(await self.ledger.fetchval(taken, cents))

    async def wrong(self, answers: Iterable[Answer]) -> list[str]:
        """List the orders that were placed and not charged once and in full, and those that were charged twice."""
        rows = await self.ledger.fetch("SELECT order_id::text, cents FROM harbour.deeds WHERE office = 'bank'")
        charges: dict[str, list[int]] = {}
        for order, cents in rows:
            charges.setdefault(order, []).append(cents)
        placed = {one.body["id"]: [one.body["total_cents"]] for one in answers if one.placed and "id" in one.body}
        odd = [order for order, total in placed.items() if charges.get(order) != total]
        return odd + [order for order, cents in charges.items() if len(cents) > 1]
