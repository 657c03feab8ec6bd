"""What waits in a running stack's broker, as its handle, its board and `capsize ps` tell it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import nats
import pytest
from plain_stacks import eventually

from capsize.cli.running import say_snapshot
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack import compose

COMPOSE = """
services:
  nats:
    image: nats:2
    command: ["-js"]
    ports: ["4222"]
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory) -> Iterator[RunningStack]:
    """A stack of one broker, with two orders that wait and one dead letter."""
    file = tmp_path_factory.mktemp("queues") / "compose.yaml"
    file.write_text(COMPOSE)
    with running.start(compose.read(file, {})) as up:
        asyncio.run(fill(up.url("nats")))
        yield up


async def fill(address: str) -> None:
    client = await nats.connect(f"nats://{address}")
    for name in ("ORDERS", "DEAD"):
        await client.jetstream().add_stream(name=name, subjects=[name.lower()])
    for subject in ("orders", "orders", "dead"):
        await client.jetstream().publish(subject, b"1")
    await client.jetstream().pull_subscribe("orders", durable="charges")
    await client.close()


def test_terminal_tells_what_waits(stack, capsys):
    """`capsize ps` has a row for each queue, and says which holds dead letters."""
    assert eventually(lambda: len(stack.snapshot()["queues"]) == 2)
    say_snapshot("queues", stack.snapshot())
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["ORDERS", "charges", "2", "0", "0"] in rows
    assert ["DEAD,", "dead", "letters", "1"] in rows
