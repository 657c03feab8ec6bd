"""A channel to a gRPC service, and what its errors mean to a customer of the shop.

Open it in the process that uses it, never before a fork: a child that inherits an open channel answers nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import grpc.aio

from shop.answers import PassedOn, Unanswered
from shop.refusals import Refused, TooLate

# A channel that lost its connection waits before it connects again, by default for a second and then for longer; until
# then each call fails at once. With these it is back a fifth of a second after the service is.
OPTIONS = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 200),
    ("grpc.enable_http_proxy", 0),
)


def open_channel(url: str) -> grpc.aio.Channel:
    """Open a channel to ``grpc://host:port``, or ``host:port``; it connects with its first call."""
    return grpc.aio.insecure_channel(url.removeprefix("grpc://"), options=OPTIONS)


@contextmanager
def asking(service: str) -> Iterator[None]:
    """Raise Refused where a call of the block fails: too late (504), not there (404), not written (501), else 503."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise _refusal(service, error) from error


def _refusal(service: str, error: grpc.aio.AioRpcError) -> Refused:
    words = f"{service}: {error.details() or error.code().name}"
    match error.code():
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return TooLate(f"{service} did not answer in time")
        case grpc.StatusCode.NOT_FOUND:
            return PassedOn(words, 404)
        case grpc.StatusCode.UNIMPLEMENTED:
            return PassedOn(words, 501)
    return Unanswered(words)
