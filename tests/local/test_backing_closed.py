"""Another user of this machine who does not have the password gets nothing from a backing service."""

from __future__ import annotations

import asyncio
import socket

import asyncpg
import pytest
import redis
from backing_runner import running

PASSWORD = "open-sesame"


@pytest.mark.parametrize("words", [(), ("--requirepass", PASSWORD)], ids=["open by its file", "with a password"])
def test_valkey_answers_whom_its_file_lets_in(words):
    """With a password nothing is answered without it; a file that asks for none leaves the store open, as it says."""
    with running("valkey/valkey:8", "valkey-server", *words) as run, redis.Redis(port=run.port) as client:
        if not words:
            assert client.ping()
            return
        with pytest.raises(redis.AuthenticationError):
            client.get("a")
        with pytest.raises(redis.AuthenticationError), redis.Redis(port=run.port, password="guess") as guesser:
            guesser.ping()


@pytest.mark.parametrize("hello", [b"{}", b'{"user":"shop","pass":"guess"}'], ids=["nothing", "guess"])
def test_nats_hangs_up_on_whoever_has_no_password(hello):
    """Neither nothing nor a guess lets a client in."""
    with running("nats:2", "nats-server", "-js", "--user", "shop", "--pass", PASSWORD) as run:
        with socket.create_connection(("127.0.0.1", run.port), timeout=5) as wire:
            wire.sendall(b"CONNECT %s\r\nPING\r\nSUB > 1\r\n" % hello)
            said = b"".join(iter(lambda: wire.recv(4096), b""))
        assert (b"Authorization Violation" in said, b"PONG" in said) == (True, False)


def test_postgres_lets_nobody_in_without_a_password():
    """Neither the service's account with a guess, nor the role postgres, which has no password."""
    with running("postgres:18", POSTGRES_USER="shop", POSTGRES_PASSWORD=PASSWORD) as run:
        for user, guess in (("shop", None), ("shop", "guess"), ("postgres", None), ("postgres", "postgres")):
            with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)):
                asyncio.run(_login(run.port, user, guess))


async def _login(port: int, user: str, password: str | None) -> None:
    await asyncpg.connect(host="127.0.0.1", port=port, user=user, password=password, database="shop")
