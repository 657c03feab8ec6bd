"""Headers that go from a request to the calls that it causes, with no line in the service that makes them.

A sidecar sees what comes in and what goes out, but not which of it belongs together.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

carried: ContextVar[dict[str, str]] = ContextVar("carried")


class Carries:
    """An app whose calls by httpx carry the ``names`` of the request that caused them."""

    def __init__(self, app: Any, names: Iterable[str]) -> None:
        import httpx

        self.app, self.names, self._send = app, tuple(names), httpx.AsyncClient.send
        httpx.AsyncClient.send = self._sender()  # type: ignore[method-assign]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            carried.set({name: headers[name] for name in self.names if name in headers})
        await self.app(scope, receive, send)

    def _sender(self) -> Any:
        send = self._send

        async def with_headers(client: Any, request: Any, **more: Any) -> Any:
            for name, value in carried.get({}).items():
                request.headers.setdefault(name, value)
            return await send(client, request, **more)

        return with_headers
