"""Valkey as the runtime runs it, spoken to by redis-py."""

from __future__ import annotations

import pytest
import redis
from backing_runner import Run, free_port, processes_in, run_folder, running, service
from redis.backoff import NoBackoff
from redis.retry import Retry

PASSWORD = 'open "sesame" \\ ü'
GUARDED = ("valkey-server", "--requirepass", PASSWORD, "--appendonly", "yes")


@pytest.fixture
def cache():
    """Run one Valkey with a password and a log of its writes."""
    with running("valkey/valkey:8", *GUARDED) as run:
        yield run


def client(run, password=PASSWORD):
    return redis.Redis(port=run.port, password=password, socket_timeout=5, retry=Retry(NoBackoff(), 0))


def test_password_opens_and_nothing_else_does(cache):
    """A client with the password is served; one without, or with another, is not."""
    with client(cache) as friend, client(cache, None) as stranger, client(cache, "guess") as guesser:
        assert friend.set("cart", "1")
        with pytest.raises(redis.AuthenticationError):
            stranger.get("cart")
        with pytest.raises(redis.AuthenticationError):
            guesser.get("cart")


def test_appended_writes_survive_a_kill(cache):
    """With ``--appendonly yes`` what was written is there after a kill and a start on the same folder."""
    with client(cache) as friend:
        friend.set("cart", "1")
    cache.kill()
    cache.start()
    with client(cache) as friend:
        assert friend.get("cart") == b"1"


def test_stop_waits_for_no_client_and_leaves_nothing(cache):
    """The stop signal ends a Valkey with clients within two seconds, and no process is left."""
    with client(cache) as friend:
        friend.ping()
        assert cache.stop() < 2
    assert processes_in(cache.folder) == []


def test_ready_asks_with_the_password(cache):
    """A Valkey that does not take the service's password is not ready."""
    stranger = service("valkey/valkey:8", "--requirepass", "guess")
    assert [cache.is_ready(), Run(stranger, cache.folder, cache.port).is_ready()] == [True, False]


def test_redis_without_options_is_open():
    """The bare image asks for no password, as in Docker."""
    with running("redis:7") as run, client(run, None) as anyone:
        assert anyone.ping()


def test_not_started_is_not_ready():
    """A port on which nobody listens is no Valkey."""
    with run_folder() as folder:
        assert not Run(service("redis:7"), folder, free_port()).is_ready()
