"""A mesh from outside: its customers, the desks of its parts, and callers who show a certificate at a sidecar's door.

Checks and notebooks stand here, never a service. ``stack`` is a running stack of lab 16, or a part of one.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from cryptography import x509

from capsize.check.kit import browser
from workbench.customers import Answer, Customers, anonymous
from workbench.meanwhile import meanwhile

DESKS = ("authority", "control", "release", "telemetry", "catalogue", "catalogue-v2")
ANSWERED_WITHIN = 20.0  # seconds, on a busy machine too
PAUSE = 0.02  # seconds between two requests of one customer
ITEMS = ("shackle", "oakum", "ensign", "lantern", "foghorn")


@dataclass(frozen=True)
class Shown:
    """The certificate that a sidecar shows at its door, and when (``time.time``)."""

    door: str
    serial: int
    issuer: str
    begins: float
    ends: float
    at: float

    @property
    def left(self) -> float:
        return self.ends - self.at


@dataclass
class Meshside:
    """What one holds of a mesh. A context manager that opens its ``desks`` by name, and the customers' browser."""

    stack: Any
    desks: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    opened: AsyncExitStack = field(default_factory=AsyncExitStack)
    customers: Customers = field(init=False)
    cards: Path = field(init=False)

    @classmethod
    async def beside(cls, stack: Any) -> Self:
        """Take hold of a mesh where no block can last as long, as in a notebook; ``leave`` lets go."""
        return await cls(stack).__aenter__()

    async def __aenter__(self) -> Self:
        for name in DESKS:
            if self.stack.model.services.get(name, None) and self.stack.model.services[name].ports:
                self.desks[name] = await self.opened.enter_async_context(browser(self.stack, name))
        if "orders-proxy" in self.stack.model.services:
            url = self.stack.url("orders-proxy")
            self.customers = await self.opened.enter_async_context(anonymous(url, at_once=50))
        self.cards = Path(self.opened.enter_context(tempfile.TemporaryDirectory()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Let go of everything."""
        await self.opened.aclose()

    # customers

    async def order(self, item: str = "shackle", count: int = 1) -> Answer:
        """Place an order, under a new key."""
        wish = {"item": item, "count": count}
        headers = {"Idempotency-Key": str(uuid4())}
        return await self.customers.ask("POST", "/orders", json=wish, headers=headers)

    async def price(self, item: str = "shackle", by: str = "two") -> Answer:
        """Ask what an item costs."""
        return await self.customers.read(f"/items/{item}?by={by}")

    @asynccontextmanager
    async def busy(self, *, orders: int = 0, prices: int = 0) -> AsyncIterator[None]:
        """Have so many customers order, and ask for prices, one request after the other, for a block."""
        ways = [self.order] * orders + [self.price] * prices
        async with meanwhile(*(partial(self._ask_and_rest, way) for way in ways)):
            yield

    async def _ask_and_rest(self, ask: Any) -> None:
        await ask(ITEMS[len(self.customers.answers) % len(ITEMS)])
        await asyncio.sleep(PAUSE)

    # the desks

    async def want(self, **wanted: Any) -> None:
        """Tell the control plane what is wanted: ``shares``, ``endpoints`` or ``rules``."""
        (await self.desks["control"].put("/desired", json=wanted)).raise_for_status()

    async def said(self, desk: str, path: str) -> Any:
        """Return what a desk says."""
        return (await self.desks[desk].get(path)).raise_for_status().json()

    async def tell(self, catalogue: str, **orders: float) -> None:
        """Tell a catalogue how to work from now on: which share ``fails``, and how many ``ms`` it takes."""
        (await self.desks[catalogue].put("/desk", json=orders)).raise_for_status()

    async def replace_root(self) -> None:
        """Have the mesh's root replaced."""
        (await self.desks["authority"].post("/roots", timeout=40)).raise_for_status()

    def lines(self, sidecar: str, count: int = 400) -> list[dict[str, Any]]:
        """Return the last lines of a sidecar's access log."""
        return [json.loads(line) for line in self.stack.logs(sidecar, count).splitlines() if line.startswith("{")]

    # at a sidecar's door

    async def card(self, workload: str, **more: Any) -> ssl.SSLContext:
        """Get a certificate as ``workload``, and return what one opens connections with that shows it."""
        answer = await self.desks["authority"].post("/cards", json={"workload": workload, **more})
        card = answer.raise_for_status().json()
        (file := self.cards / f"{uuid4()}.pem").write_text(card["certificate"] + card["key"], encoding="ascii")
        context = nameless()
        context.load_cert_chain(file)
        return context

    def caller(self, door: str, context: ssl.SSLContext) -> httpx.AsyncClient:
        """Return a client that calls a sidecar's door with a certificate."""
        url = f"https://{self.stack.url(door)}"
        return httpx.AsyncClient(base_url=url, verify=context, timeout=ANSWERED_WITHIN, trust_env=False)

    async def call(self, door: str, context: ssl.SSLContext, method: str, path: str, **more: Any) -> Answer:
        """Call a sidecar's door once; whatever happens becomes an answer."""
        began = time.monotonic()
        async with self.caller(door, context) as client:
            try:
                reply = await client.request(method, path, **more)
                kind, body = str(reply.status_code), reply.text
            except (httpx.HTTPError, ssl.SSLError) as error:
                kind, body = type(error).__name__, str(error)
        now = time.monotonic()
        return Answer(kind, body, now - began, asked=f"{method} {path}", at=now)

    async def shown(self, door: str, context: ssl.SSLContext) -> Shown | None:
        """Look at the certificate that a sidecar shows at its door; None where no connection is made."""
        host, _, port = self.stack.url(door).rpartition(":")
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, int(port), ssl=context)
            found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            return _read(door, x509.load_der_x509_certificate(found))
        return None


def nameless() -> ssl.SSLContext:
    """Return what one opens connections with that shows nothing, and takes whatever it is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _read(door: str, card: x509.Certificate) -> Shown:
    (issuer,) = card.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    begins, ends = card.not_valid_before_utc.timestamp(), card.not_valid_after_utc.timestamp()
    return Shown(door, card.serial_number, str(issuer.value), begins, ends, time.time())
