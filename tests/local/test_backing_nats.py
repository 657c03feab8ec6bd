"""NATS as the runtime runs it, spoken to by nats-py."""

from __future__ import annotations

import asyncio
import json
import socket

import nats
import pytest
from backing_runner import Run, free_port, processes_in, run_folder, running, service

from capsize.runtime.queues import Queue

TOKEN = '$open "sesame" \\ ü'


@pytest.fixture
def broker():
    """Run one NATS with JetStream and a token."""
    with running("nats:2", "-js", "--auth", TOKEN, "-m", "8222") as run:
        yield run


async def connect(run, **account):
    async def ignore(_):
        """Errors are raised by the calls; this keeps the client from printing them."""

    url = f"nats://127.0.0.1:{run.port}"
    return await nats.connect(url, error_cb=ignore, allow_reconnect=False, connect_timeout=5, **account)


def test_token_opens(broker):
    """A client with the token gets an answer from JetStream."""

    async def call():
        friend = await connect(broker, token=TOKEN)
        streams = (await friend.jetstream().account_info()).streams
        await friend.close()
        return streams

    assert asyncio.run(call()) == 0


@pytest.mark.parametrize("account", [{}, {"auth_token": "guess"}])
def test_wrong_token_is_refused(broker, account):
    """Without the token, or with another, nobody gets in."""
    with socket.create_connection(("127.0.0.1", broker.port), 5) as stranger:
        stranger.sendall(f"CONNECT {json.dumps(account)}\r\nPING\r\n".encode())
        with stranger.makefile("rb") as answers:
            assert b"Authorization Violation" in answers.read()


def test_stored_messages_survive_a_kill(broker):
    """What JetStream acknowledged is there after a kill and a start on the same folder."""

    async def publish():
        friend = await connect(broker, token=TOKEN)
        await friend.jetstream().add_stream(name="orders", subjects=["orders"])
        await friend.jetstream().publish("orders", b"1")
        broker.kill()
        await friend.close()

    async def count():
        friend = await connect(broker, token=TOKEN)
        state = (await friend.jetstream().stream_info("orders")).state
        await friend.close()
        return state.messages

    asyncio.run(publish())
    broker.start()
    assert asyncio.run(count()) == 1


def test_stop_waits_for_no_client_and_leaves_nothing(broker):
    """The stop signal ends a server with clients within two seconds, and no process is left."""

    async def stop():
        friend = await connect(broker, token=TOKEN)
        seconds = await asyncio.to_thread(broker.stop)
        await friend.close()
        return seconds

    assert asyncio.run(stop()) < 2
    assert processes_in(broker.folder) == []


def test_ready_asks_with_the_token(broker):
    """A server that does not take the service's token is not ready."""
    stranger = service("nats:2", "-js", "--auth", "guess")
    assert [broker.is_ready(), Run(stranger, broker.folder, broker.port).is_ready()] == [True, False]


@pytest.mark.parametrize("words", [(), ("nats-server", "--user", "anna", "--pass=x")])
def test_server_without_jetstream_is_ready_too(words):
    """Plain NATS, open or with a user's password, needs no JetStream to be ready."""
    with running("nats:2", *words) as run:
        assert not (run.folder / "jetstream").exists()


def test_not_started_is_not_ready():
    """A port on which nobody listens is no NATS."""
    with run_folder() as folder:
        assert not Run(service("nats:2"), folder, free_port()).is_ready()


def test_queues_tell_what_waits(broker):
    """A bookmark's figures are read from the server; dead letters are one queue, and an empty stream is one too."""

    async def fill():
        friend = await connect(broker, token=TOKEN)
        js = friend.jetstream()
        for name in ("ORDERS", "DEAD", "NEWS"):
            await js.add_stream(name=name, subjects=[name.lower()])
        for subject in ("orders", "orders", "orders", "orders", "dead"):
            await js.publish(subject, b"1")
        charges = await js.pull_subscribe("orders", durable="charges")
        await js.pull_subscribe("dead", durable="redrive")
        first, second, *_ = await charges.fetch(4)
        await second.ack_sync()
        await first.nak()
        await charges.fetch(1)
        await friend.close()

    asyncio.run(fill())
    found = asyncio.run(broker.part.queues(broker.service, broker.folder, broker.port))
    assert sorted(found, key=lambda queue: queue.stream) == [
        Queue("DEAD", "", 1, dead=True),
        Queue("NEWS", "", 0),
        Queue("ORDERS", "charges", 0, in_flight=3, redelivered=1),
    ]


def test_server_without_jetstream_has_no_queues():
    """A plain NATS server is asked, and has nothing to tell."""
    with running("nats:2") as run:
        assert asyncio.run(run.part.queues(run.service, run.folder, run.port)) == []
