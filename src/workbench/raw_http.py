"""Knock at a door many times and see who answers: the leanest requests there are, for counting shares in thousands."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

AT_ONCE = 8
REQUEST = "{} {} HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n"


async def knock(address: str, path: str, count: int, *, method: str = "GET") -> Counter[tuple[str, str]]:
    """Ask for ``path`` at ``host:port`` so many times; count the answers by status and by the copy that gave them."""
    host, _, port = address.removeprefix("http://").partition(":")
    answers: Counter[tuple[str, str]] = Counter()
    left, request = iter(range(count)), REQUEST.format(method, path)
    await asyncio.gather(*(_keep_knocking(host, int(port), request, left, answers) for _ in range(AT_ONCE)))
    return answers


async def _keep_knocking(
    host: str, port: int, request: str, left: Iterator[int], answers: Counter[tuple[str, str]]
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        for _ in left:
            writer.write(request.encode())
            answers[await _answer(reader)] += 1
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[str, str]:
    try:
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        await reader.readexactly(int(headers["content-length"]))
    except (asyncio.IncompleteReadError, KeyError):
        return "no answer", ""
    return status.split(" ")[1], headers.get("x-copy", "")
