"""The NATS of a running stack, opened from outside."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import nats


async def connected(stack: Any, service: str) -> Any:
    """Connect to the NATS of a stack, under the account that a service of it has; the caller closes the client."""
    account = urlsplit(stack.model.services[service].environment["NATS_URL"])
    return await nats.connect(f"nats://{account.username}:{account.password}@{stack.url('nats')}")
