"""Spans as OpenTelemetry sends them: protobuf, of which this reads the few fields that a waterfall needs.

The numbers are those of opentelemetry/proto/trace/v1/trace.proto.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

VARINT, EIGHT, BYTES, FOUR = 0, 1, 2, 5  # protobuf's ways to write a field
Fields = dict[int, list[bytes]]


@dataclass(frozen=True)
class Span:
    """A piece of work for a request. Times are seconds since 1970; the first of a trace has no parent."""

    trace: str
    id: str
    parent: str
    name: str
    service: str
    start: float
    end: float


def spans(body: bytes) -> Iterator[Span]:
    """Read an ExportTraceServiceRequest."""
    for resource in _fields(body)[1]:
        parts = _fields(resource)
        service = _service(parts[1][0]) if parts[1] else ""
        for scope in parts[2]:
            yield from (_span(_fields(one), service) for one in _fields(scope)[2])


def _span(of: Fields, service: str) -> Span:
    trace, own, parent = ((of[number] or [b""])[0].hex() for number in (1, 2, 4))
    start, end = (int.from_bytes(of[number][0], "little") / 1e9 for number in (7, 8))
    return Span(trace, own, parent, of[5][0].decode(), service, start, end)


def _service(resource: bytes) -> str:
    """Find the attribute service.name."""
    for attribute in map(_fields, _fields(resource)[1]):
        if attribute[1] == [b"service.name"]:
            return _fields(attribute[2][0])[1][0].decode()
    return ""


def _fields(message: bytes) -> Fields:
    """Split a message into its fields by number, each as the bytes that it has."""
    found: Fields = defaultdict(list)
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        begin, at = _extent(message, at, tag & 7)
        found[tag >> 3].append(message[begin:at])
    return found


def _extent(message: bytes, at: int, way: int) -> tuple[int, int]:
    """Return where a field's content begins and ends."""
    if way == VARINT:
        return at, _varint(message, at)[1]
    if way == BYTES:
        length, at = _varint(message, at)
        return at, at + length
    return at, at + {EIGHT: 8, FOUR: 4}[way]


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
