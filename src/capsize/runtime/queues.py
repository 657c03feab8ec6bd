"""What waits in a stack's brokers: for each stream's bookmark what is under it, in flight, and delivered again.

A stream whose name begins with DEAD holds dead letters: it is one queue for all who take from it. Of an event bus, what
each rule matched and what each of its targets got.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Queue:
    """A bookmark in a stream, or a stream without one. ``waiting`` was not delivered yet; ``in_flight`` was, and is
    neither acknowledged nor given up; ``redelivered`` of those were delivered before.
    """

    stream: str
    name: str
    waiting: int
    in_flight: int = 0
    redelivered: int = 0
    dead: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule of an event bus and one of its targets ("" for none).

    Of the events that the rule has ``seen`` it ``matched`` some; the target ``got`` them, or its delivery ``failed``.
    """

    bus: str
    name: str
    seen: int
    matched: int
    target: str
    got: int = 0
    failed: int = 0


Broker = Queue | Rule


def queues_of(stream: Mapping[str, Any], bookmarks: Iterable[Mapping[str, Any]]) -> list[Queue]:
    """Read JetStream's description of a stream and of its consumers."""
    name, held = stream["config"]["name"], stream["state"]["messages"]
    if name.upper().startswith("DEAD"):
        return [Queue(name, "", held, dead=True)]
    found = [
        Queue(name, one["name"], one["num_pending"], one["num_ack_pending"], one["num_redelivered"])
        for one in bookmarks
    ]
    return found or [Queue(name, "", held)]
