"""What the sidecars of a mesh have for TLS: a certificate for each workload, and the roots that all of them trust."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from shop.certificates import Card, Root
from shop.xds import Question

HELD = 10.0  # seconds that a sidecar's question waits for news
TAKEN_WITHIN = 5.0  # seconds that sidecars have to take in what is new
ROOTS = "roots"


class Mesh:
    """The workloads of a mesh, what each is supplied with, and the ``root`` that issues it."""

    def __init__(self, workloads: tuple[str, ...], seconds: float) -> None:
        self.workloads, self.seconds = workloads, seconds
        self.root = Root("root 1")
        self._secrets: dict[str, dict[str, Any]] = {}
        self._versions: dict[str, int] = {}
        self._has: dict[tuple[str, str], tuple[str, float]] = {}  # who asked for what: the version there, and when
        self._news = asyncio.Condition()

    async def give(self, workload: str, card: Card) -> None:
        """Hand a certificate to the sidecars of a workload; do not wait until they have it."""
        pair = {"certificate_chain": {"inline_string": card.certificate}, "private_key": {"inline_string": card.key}}
        await self._tell(workload, {"tls_certificate": pair})

    async def trust(self, *roots: Root) -> None:
        """Have all sidecars trust these roots and no others; do not wait until they do."""
        pem = "".join(root.pem for root in roots)
        await self._tell(ROOTS, {"validation_context": {"trusted_ca": {"inline_string": pem}}})

    async def taken(self) -> None:
        """Wait until every sidecar has in force what it was handed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(TAKEN_WITHIN), self._news:
                await self._news.wait_for(self._is_taken)

    async def answer(self, question: Question) -> tuple[str, list[dict[str, Any]]] | None:
        """Answer a sidecar's question; None where nothing is new for as long as it is held."""
        (name,) = question.names
        self._has[question.caller, name] = question.version, time.monotonic()
        async with self._news:
            self._news.notify_all()  # for those who wait until it is taken
            with suppress(TimeoutError):
                async with asyncio.timeout(HELD):
                    await self._news.wait_for(lambda: str(self._versions.get(name, "")) != question.version)
            version = str(self._versions.get(name, ""))
        return (version, [{"name": name, **self._secrets[name]}]) if version != question.version else None

    async def _tell(self, name: str, secret: dict[str, Any]) -> None:
        async with self._news:
            self._secrets[name] = secret
            self._versions[name] = self._versions.get(name, 0) + 1
            self._news.notify_all()

    def _is_taken(self) -> bool:
        lately = time.monotonic() - HELD - TAKEN_WITHIN
        return all(
            version == str(self._versions.get(name, ""))
            for (_, name), (version, at) in self._has.items()
            if at > lately
        )
