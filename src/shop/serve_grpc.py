"""Serve gRPC on $HOST:$PORT: ``python -m shop.serve_grpc shop.communication.stock:add_to``.

``add_to(server)`` puts services on the server. Beside them it serves gRPC's own health service, which `shop.grpc_probe`
asks. At SIGTERM it says NOT_SERVING, finishes the calls that are under way, and exits.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from shop.core.logging_setup import own_traceback, to_stdout
from shop.serve import find

GRACE = 3.0  # seconds for the calls that are under way at SIGTERM
AddTo = Callable[[grpc.aio.Server], None]
log = logging.getLogger("shop.serve_grpc")


def main(arguments: list[str]) -> int:
    """Serve what ``module:function`` puts on a server until SIGTERM or SIGINT; return the exit code."""
    to_stdout()
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        add_to = find(arguments[0])
    except Exception as reason:
        log.error("%s does not import\n%s", arguments[0], own_traceback(reason))
        return 1
    asyncio.run(_serve(add_to))
    return 0


async def _serve(add_to: AddTo) -> None:
    leave = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
    server, checks = grpc.aio.server(), health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    add_to(server)
    address = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '50051')}"
    server.add_insecure_port(address)
    await server.start()
    await checks.set("", health_pb2.HealthCheckResponse.SERVING)
    log.info("serves gRPC on %s", address)
    await leave.wait()
    log.info("leaves, and finishes what is under way")
    await checks.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    await server.stop(GRACE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
