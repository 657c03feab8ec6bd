"""What Valkey itself says: which keys end and when, when they were written, and which were without an end meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio

from capsize.session.running import RunningStack

NEVER, GONE = -1, -2  # what Valkey says of the end of such a key
AT_ONCE = 0.000_15  # seconds between two commands of one script, transaction or pipeline, at most
OWN_END = {"SETEX", "PSETEX", "HSETEX"}
WRITES = {"SET", "SETNX", "GETSET", "HSET", "HSETNX", "HMSET", "INCR", "SADD", "RPUSH", "LPUSH", *OWN_END}
WITH_AN_END = {"EX", "PX", "EXAT", "PXAT", "KEEPTTL"}
ENDS = {f"{kind}EXPIRE{at}" for kind in ("", "P", "H", "HP") for at in ("", "AT")} | {"GETEX"}


@dataclass(frozen=True)
class Command:
    """A command that Valkey executed, by its words, and when."""

    at: float
    words: tuple[str, ...]

    @property
    def verb(self) -> str:
        return self.words[0].upper()

    def is_about(self, key: str, field: str = "") -> bool:
        return self.words[1:2] == (key,) and (not field or field in self.words[2:])

    @property
    def leaves_no_end(self) -> bool:
        """Whether it may leave a key that never ends."""
        options = {word.upper() for word in self.words[3:]}
        return self.verb in WRITES - OWN_END and not WITH_AN_END & options


@dataclass
class Listening:
    """The commands that Valkey executed while somebody listened."""

    commands: list[Command] = field(default_factory=list)

    def written(self, key: str, field: str = "") -> float:
        """When a key, or a field of a hash, was written last; 0 where it was not."""
        return max((one.at for one in self.commands if one.verb in WRITES and one.is_about(key, field)), default=0.0)

    def waits_for_its_end(self) -> Iterator[tuple[str, float]]:
        """Yield each key that was written without an end and given one later, and how many seconds later."""
        open_since: dict[str, float] = {}
        for one in self.commands:
            key = one.words[1] if len(one.words) > 1 else ""
            if one.verb in ENDS and key in open_since:
                yield key, one.at - open_since.pop(key)
            elif one.leaves_no_end:
                open_since[key] = one.at


@asynccontextmanager
async def opened(stack: RunningStack) -> AsyncIterator[Any]:
    """Open the Valkey of a stack, as its services do."""
    password = stack.model.services["valkey"].environment["VALKEYCLI_AUTH"]
    address = f"redis://:{password}@{stack.url('valkey')}/0"
    async with redis.asyncio.from_url(address, decode_responses=True) as valkey:
        yield valkey


@asynccontextmanager
async def listening(stack: RunningStack) -> AsyncIterator[Listening]:
    """Hear every command that Valkey executes during the block."""
    heard, begun = Listening(), asyncio.Event()

    async def listen() -> None:
        async with opened(stack) as valkey, valkey.monitor() as monitor:
            begun.set()
            async for one in monitor.listen():
                heard.commands.append(Command(one["time"], tuple(one["command"].split(" "))))

    task = asyncio.create_task(listen())
    await begun.wait()
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ends(valkey: Any) -> dict[tuple[str, str], float]:
    """Say when each key ends, in seconds since 1970, by (key, ""); of a hash whose fields end, by (key, field)."""
    found: dict[tuple[str, str], float] = {}
    for key in await valkey.keys():
        names = await valkey.hkeys(key) if await valkey.type(key) == "hash" else []
        fields = dict(zip(names, await valkey.hpexpiretime(key, *names), strict=True)) if names else {}
        if any(end > 0 for end in fields.values()):
            found |= {(key, name): _seconds(end) for name, end in fields.items()}
        else:
            found[key, ""] = _seconds(await valkey.pexpiretime(key))
    return {one: end for one, end in found.items() if end != GONE}


def _seconds(end: int) -> float:
    return end / 1000 if end > 0 else end
