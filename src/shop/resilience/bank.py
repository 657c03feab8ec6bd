"""The harbour's bank, which besides writes down what each call said of the time that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.harbour.app import app

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

heard: dict[str, list[str]] = {}


class Listens:
    """Wrap the app: each call's header is kept by the call's Idempotency-Key."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = dict(scope.get("headers", ()))
        if key := headers.get(b"idempotency-key", b"").decode():
            heard.setdefault(key, []).append(headers.get(b"x-time-left", b"").decode())
        await self.app(scope, receive, send)


app.add_middleware(Listens)


@app.get("/heard/{key}")
async def said(key: str) -> list[str]:
    """List what the calls with a key said of the time that is left, in the order in which they came."""
    return heard.get(key, [])
