"""One unary call, grpc.health.v1.Health/Check, in the few HTTP/2 frames that it takes.

Sources: RFC 9113 (frames), RFC 7541 (a header as a literal without indexing), the gRPC health checking protocol.
"""

from __future__ import annotations

import struct

from anyio.abc import ByteStream
from anyio.streams.buffered import BufferedByteReceiveStream

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
STATUSES = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}


async def check(stream: ByteStream, service: str, authority: str) -> str:
    """Ask over an open connection and return the status by its name, or what came instead of one."""
    name = service.encode()
    question = b"\x0a" + bytes([len(name)]) + name if name else b""
    message = b"\0" + struct.pack(">I", len(question)) + question
    await stream.send(
        PREFACE
        + _frame(SETTINGS, 0, 0, b"")
        + _frame(HEADERS, END_HEADERS, 1, _headers(authority))
        + _frame(DATA, END_STREAM, 1, message)
    )
    return await _answer(stream)


async def _answer(stream: ByteStream) -> str:
    reader, body = BufferedByteReceiveStream(stream), b""
    while True:
        head = await reader.receive_exactly(9)
        payload = await reader.receive_exactly(int.from_bytes(head[:3], "big"))
        kind, flags = head[3], head[4]
        if kind in (SETTINGS, PING) and not flags & ACK:
            await stream.send(_frame(kind, ACK, 0, payload if kind == PING else b""))
        elif kind == DATA:
            body += payload
        if len(body) >= 5 and len(body) >= 5 + int.from_bytes(body[1:5], "big"):
            return _status(body[5:])
        if kind in (RESET, GOAWAY) or (kind in (DATA, HEADERS) and flags & END_STREAM):
            return "no health service answers"


def _status(message: bytes) -> str:
    """Read field 1 of a HealthCheckResponse; an absent field is 0."""
    return STATUSES.get(message[1] if message[:1] == b"\x08" else 0, "UNKNOWN")


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _headers(authority: str) -> bytes:
    path = "/grpc.health.v1.Health/Check"
    pairs = {":method": "POST", ":scheme": "http", ":path": path, ":authority": authority}
    pairs |= {"content-type": "application/grpc", "te": "trailers"}
    return b"".join(b"\0" + _string(name) + _string(value) for name, value in pairs.items())


def _string(word: str) -> bytes:
    return bytes([len(word)]) + word.encode()
