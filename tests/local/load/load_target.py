"""A small real server for load tests: says its port on stdout, answers fast, or as its path asks."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import parse_qs

import uvicorn

STATUSES = {"/missing": 404, "/busy": 503}


async def app(scope, receive, send):
    """Answer 200 at once, after ``?ms=`` milliseconds, or with the status of STATUSES."""
    if scope["type"] != "http":
        return
    query = parse_qs(scope["query_string"].decode())
    if "ms" in query:
        await asyncio.sleep(float(query["ms"][0]) / 1000)
    await send({"type": "http.response.start", "status": STATUSES.get(scope["path"], 200), "headers": LENGTH})
    await send({"type": "http.response.body", "body": b"ok"})


LENGTH = [(b"content-length", b"2")]


def main():
    """Serve on a port that the system gives, until SIGTERM."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error")).run(sockets=[listener])


if __name__ == "__main__":
    main()
