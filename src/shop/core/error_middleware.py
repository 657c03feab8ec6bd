"""Every request is answered, whatever a module raises: an error becomes a 500 with its traceback in the log.

Left to the server, an error ends the connection right after the answer, and a proxy that keeps connections may just
then be sending the next customer's request over it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("shop")


class Apologises:
    """Wrap an app: what it raises before it has answered is answered 500, and the connection stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception:
            if has_begun or scope["type"] != "http":
                raise
            log.exception("%s %s failed", scope["method"], scope["path"])
            await JSONResponse({"error": "this is our fault: see the log"}, status_code=500)(scope, receive, send)
