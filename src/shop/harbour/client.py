"""The harbour's offices as the shop calls them: the bank charges, the post writes, the yard packs, the customs clear.

None of them is ours: what they did is done, however our own process ended. The same key again does nothing more.
"""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Self

import httpx

from shop.answers import Unanswered, understood

ANSWERS_WITHIN = float(os.environ.get("HARBOUR_TIMEOUT", "10"))  # seconds that an office has to answer


class Harbour:
    """A client of the offices at ``url``. Raises Unanswered where none answered, and PassedOn for a refusal."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=ANSWERS_WITHIN, trust_env=False, verify=False)  # no TLS

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def charge(self, order: dict[str, Any], *, key: str | None = None) -> None:
        """Have the bank charge an order's total. Without a key, or under another key, it charges again."""
        await self.ask("bank", order, key=key, cents=order["total_cents"])

    async def write(self, order: dict[str, Any]) -> None:
        """Have the post send the customer a letter about an order; it sends one for each order."""
        await self.ask("post", order, key=order["id"], note=order["text"])

    async def pack(self, order: dict[str, Any]) -> None:
        """Have the yard pack an order; it packs each once."""
        await self.ask("yard", order, key=order["id"])

    async def clear(self, order: dict[str, Any]) -> None:
        """Have the customs clear an order; they clear each once, and take their time."""
        await self.ask("customs", order, key=order["id"])

    async def show(self, step: dict[str, Any]) -> None:
        """Have the board at the quay show a step of an order; it shows each once, in the order that they come."""
        await self.ask("board", {"id": step["order"]}, key=f"{step['order']} {step['number']}", note=step["what"])

    async def ask(
        self, office: str, order: dict[str, Any], *, key: str | None = None, cents: int = 0, note: str = ""
    ) -> None:
        """Ask an office for a deed, and wait until it is done."""
        errand = {"order_id": order["id"], "cents": cents, "note": note}
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = await self._client.post(f"/offices/{office}", json=errand, headers=headers)
        except httpx.TransportError as error:
            raise Unanswered(f"the {office} does not answer") from error
        understood(answer)
