"""What waits in a running stack's broker, as its handle, its board and `capsize ps` tell it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import boto3
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


BUS = """
services:
  aws:
    image: motoserver/moto:5.2.5
    environment: {AWS_ACCESS_KEY_ID: shop, AWS_SECRET_ACCESS_KEY: chandlery}
    ports: ["5000"]
"""


def test_terminal_tells_what_rules_match(tmp_path, capsys):
    """`capsize ps` has a row for each rule and target of an event bus."""
    file = tmp_path / "compose.yaml"
    file.write_text(BUS)
    with running.start(compose.read(file, {})) as stack:
        keys = {"aws_access_key_id": "shop", "aws_secret_access_key": "chandlery", "region_name": "eu-central-1"}
        events = boto3.client("events", endpoint_url=f"http://{stack.url('aws')}", **keys)
        events.put_rule(Name="all", EventPattern='{"source": [{"prefix": ""}]}')
        events.put_events(Entries=[{"Source": "shop", "DetailType": "OrderPlaced", "Detail": "{}"}])
        assert eventually(lambda: stack.snapshot()["rules"] and stack.rules()[0].matched == 1)
        say_snapshot("rules", stack.snapshot())
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["default", "all", "1", "of", "1", "none", "0", "0"] in rows
