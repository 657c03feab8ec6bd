"""The collector as an agent calls it: it keeps each line under a key, and the same key again adds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx

from shop.answers import Unanswered, understood

ANSWERS_WITHIN = 10.0  # seconds that the collector has to answer


class Collector:
    """A client of the collector at ``url``."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=ANSWERS_WITHIN, trust_env=False, verify=False)  # no TLS

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def ship(self, lines: Mapping[str, str]) -> None:
        """Hand over lines by their keys, and wait until they are kept. Raises Unanswered where nobody said so."""
        try:
            answer = await self._client.post("/lines", json={"lines": dict(lines)})
        except httpx.TransportError as error:
            raise Unanswered("the collector does not answer") from error
        understood(answer)
