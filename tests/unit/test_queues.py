"""What is made of a broker's own description, and how often it is asked."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from capsize.runtime.control.queues import Queues
from capsize.runtime.queues import Queue, Rule, queues_of

RULE = Rule("shop", "customs", seen=9, matched=2, target="queue customs", got=2)
CHARGES = {"name": "charges", "num_pending": 7, "num_ack_pending": 2, "num_redelivered": 1}


def stream(name: str) -> dict:
    return {"config": {"name": name}, "state": {"messages": 9}}


def test_each_bookmark_is_a_queue():
    """A bookmark's figures are its own, however much the stream holds."""
    assert queues_of(stream("ORDERS"), [CHARGES]) == [Queue("ORDERS", "charges", 7, in_flight=2, redelivered=1)]


def test_stream_that_nobody_reads_is_a_queue():
    """What nobody has a bookmark in waits all the same."""
    assert queues_of(stream("NEWS"), []) == [Queue("NEWS", "", 9)]


@pytest.mark.parametrize("name", ["DEAD", "dead-letters"])
def test_dead_letters_are_one_queue(name):
    """Dead letters are counted as they lie there, also while somebody redrives them."""
    assert queues_of(stream(name), [CHARGES]) == [Queue(name, "", 9, dead=True)]


@pytest.mark.anyio
async def test_reading_serves_for_a_while():
    """Two boards that look at the same moment ask the broker once, and nobody asks one that is not ready."""
    asked = []

    async def ask():
        asked.append(1)
        return [Queue("NEWS", "", 1), RULE]

    broker = SimpleNamespace(ready=True, plan=SimpleNamespace(queues=ask))
    starting = SimpleNamespace(ready=False, plan=SimpleNamespace(queues=ask))
    queues = Queues()
    for _ in range(2):
        await queues.read([broker, starting, SimpleNamespace(ready=True, plan=SimpleNamespace(queues=None))])
    assert (queues.now, queues.rules, asked) == ([Queue("NEWS", "", 1)], [RULE], [1])
