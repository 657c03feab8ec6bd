"""A TCP relay that holds every chunk for a while: how a wire to a database or a broker becomes slow.

Run as ``python -m capsize.runtime.host.relay PORT HOST TARGET MILLISECONDS PERCENT``: so many percent of the
connections are slow. Envoy delays HTTP requests by itself; for bytes of another protocol it has no such filter. Only
the standard library, so that it runs in a container without the kit. It writes a line when it listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys

LOOPBACK = "127.0.0.1"
LISTENS = "listens"
CHUNK = 64 * 1024


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Copy until the end; what is read at one moment is written ``delay`` seconds later, in order."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=1024)
    read = asyncio.create_task(_read(reader, queue))
    with contextlib.suppress(OSError):
        while (chunk := await queue.get())[1]:
            await asyncio.sleep(chunk[0] + delay - asyncio.get_running_loop().time())
            writer.write(chunk[1])
            await writer.drain()
    read.cancel()
    writer.close()


async def _read(reader: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
    data = b"first"
    while data:
        try:
            data = await reader.read(CHUNK)
        except OSError:
            data = b""
        await queue.put((asyncio.get_running_loop().time(), data))


async def serve(port: int, host: str, target: int, delay: float, percent: float) -> None:
    """Relay connections on 127.0.0.1:port to ``host``:``target``; the way there is slow by ``delay`` seconds."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(host, target)
        except OSError:
            writer.close()
            return
        wait = delay if random.uniform(0, 100) < percent else 0.0
        await asyncio.gather(_pump(reader, far_writer, wait), _pump(far_reader, writer, 0.0))

    server = await asyncio.start_server(connected, LOOPBACK, port, reuse_port=True)
    print(LISTENS, flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    port, host, target, milliseconds, percent = sys.argv[1:]
    asyncio.run(serve(int(port), host, int(target), float(milliseconds) / 1000, float(percent)))
