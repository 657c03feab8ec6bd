"""Exercise 8.3: two of each kiosk start without their database; one of each hangs, the others get it and lose it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import httpx
from lab08_stack import PLATFORM_ACTS_WITHIN, direct, hanging, listed, names_of, probe_of

from capsize.check import Judge
from capsize.check.kit import during, only, until
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from capsize.stack.model import Stack

LOADS_FOR = {"advice": "5", "tides": "0.1"}  # seconds, whatever a manifest says
KIOSKS = tuple(LOADS_FOR)
LIMIT = 40  # seconds of the manifest's clock in which a probe has noticed what it is there for
ROW = 2  # of a probe's answers, the first of which may be from before


def two_of_each(stack: Stack) -> Stack:
    """Have two of each kiosk, which load for as long as the exercise says. None stays none."""
    kept = only("db", *KIOSKS)(stack)
    return replace(kept, services=dict(kept.services) | {name: _two(kept, name) for name in KIOSKS})


def _two(stack: Stack, name: str):
    service = stack.services[name]
    environment = {**service.environment, "LOADS_FOR": LOADS_FOR[name]}
    return replace(service, environment=environment, replicas=2 if service.replicas else 0)


class Kiosks:
    """Two of each kiosk, and what the platform makes of them by the learner's manifest: ``stuck`` will hang."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        judge.point(evidence=lambda: judge.story(stack, *KIOSKS), line=1)
        pairs = {name: stack.service(name).instances for name in KIOSKS}
        for name, pair in pairs.items():
            judge.claim(len(pair) == 2, f"{name} starts", f"{name} has 0 replicas", look=f"name: {name}")
        self.stuck = [judge.draw.victim(pair) for pair in pairs.values()]
        stuck = {one.name for one in self.stuck}
        self.others = [one for pair in pairs.values() for one in pair if one.name not in stuck]
        self.within = LIMIT * stack.model.time_scale

    def lost(self, *kiosks: str) -> list[str]:
        """List which of these kiosks a probe gave up, or which of all."""
        who = kiosks or KIOSKS
        return [*names_of(self.stack, "startup failed", *who), *names_of(self.stack, "liveness failed", *who)]

    def cuts(self) -> list[Callable]:
        """Return the cuts of the wires from the kiosks to their database."""
        wires = {edge.name for edge in self.stack.edges}
        without = [name for name in KIOSKS if f"{name}>db" not in wires]
        sentence = "the kiosks call the database at DATABASE_URL, as they were given"
        self.judge.claim(not without, sentence, f"{listed(without)} does not", look="DATABASE_URL", line=3)
        return [self.stack.edge(name, "db").cut for name in KIOSKS]

    async def judge_start(self) -> None:
        """Judge that all start without their database, that those which hang are given up, and no other is."""
        self.judge.done("started two of each kiosk with the database cut off, and got one of each stuck at once")
        async with during(*self.cuts()), asyncio.TaskGroup() as each:
            for kiosk in self.stuck:
                each.create_task(self._judge_stuck(kiosk))
            for kiosk in self.others:
                each.create_task(self._judge_content(kiosk))

    async def _judge_stuck(self, kiosk: InstanceHandle) -> None:
        await self._judge_start_of(kiosk)
        async with hanging(kiosk):
            await self.judge.eventually(
                lambda: self.lost(kiosk.name),
                f"a kiosk that hangs is given up within {LIMIT} s of the manifest's clock",
                f"{kiosk.name} still hangs",
                within=self.within,
                look="livenessProbe",
                line=2,
            )

    async def _judge_start_of(self, kiosk: InstanceHandle) -> None:
        """Judge that a kiosk comes to serve in peace, and that the platform then calls it started."""
        await self._until_serving(kiosk)
        asked = self.answers(kiosk)
        kind = "startup" if names_of(self.stack, "startup failed", kiosk.name) else "liveness"
        sentence, words = f"{kiosk.service} starts without a restart", f"{kiosk.name} was given up by its {kind} probe"
        self.judge.claim(not self.lost(kiosk.name), sentence, words, look=f"{kind}Probe")
        await self.judge.eventually(
            lambda: self.has_started(kiosk),
            *blind("startup", kiosk),
            within=PLATFORM_ACTS_WITHIN,
            unless=lambda: self.refuses(kiosk, "startup", asked),
            look="startupProbe",
            line=3,
        )

    async def _until_serving(self, kiosk: InstanceHandle) -> None:
        """Wait until a kiosk answers a customer, whatever its probes say; or until it was given up."""
        async with httpx.AsyncClient(trust_env=False, timeout=2) as customer:

            async def serves() -> bool:
                with suppress(httpx.HTTPError):
                    await customer.get(direct(kiosk, "/items"))
                    return True
                return bool(self.lost(kiosk.name))

            await until(serves, f"{kiosk.service} serves customers", within=PLATFORM_ACTS_WITHIN, line=1)

    async def _judge_content(self, kiosk: InstanceHandle) -> None:
        """Judge that a kiosk without its database is out of the rotation, and is not restarted for it."""
        await self._judge_start_of(kiosk)
        await self._judge_liveness([kiosk])
        await self.judge.eventually(  # it may have been quicker than the cut
            lambda: not kiosk.ready,
            f"no kiosk is in the rotation without its database for more than {LIMIT} s of the manifest's clock",
            f"{kiosk.name} is in it",
            within=self.within,
            look="readinessProbe",
            line=3,
        )

    async def _judge_liveness(self, kiosks: list[InstanceHandle]) -> None:
        """Judge what liveness says of kiosks from now on, once it has asked."""
        before = {kiosk.name: self.answers(kiosk) for kiosk in kiosks}

        def has_asked(kiosk: InstanceHandle) -> bool:
            asked = self.answers(kiosk).get("liveness")
            return asked is None or asked - before[kiosk.name].get("liveness", 0) >= ROW or kiosk.name in self.lost()

        what = "liveness asks while the database is away"
        await until(lambda: all(map(has_asked, kiosks)), what, within=PLATFORM_ACTS_WITHIN, line=2)
        for kiosk in kiosks:
            is_content = kiosk.name not in self.lost() and self.passes(kiosk, "liveness") is not False
            self.judge.claim(is_content, *blind("liveness", kiosk), look="livenessProbe", line=3)

    async def judge_rotation(self) -> None:
        """Judge that those which serve come, leave and come back with their database, and none is restarted for it."""
        self.judge.point(look="readinessProbe", line=3)
        self.judge.done("gave the database back, cut it off once more, and gave it back")
        await self._judge_ready(True, "all kiosks come into the rotation with their database", "is not in it")
        async with during(*self.cuts()):
            await self._judge_ready(False, "all leave the rotation while the database is away", "stayed in it")
            await self._judge_liveness(self.others)
        await self._judge_ready(True, "they come back with the database", "is not back")
        again = [kiosk.name for kiosk in self.others if kiosk.restarts]
        self.judge.claim(not again, "none was restarted for it", f"{listed(again)} was", look="livenessProbe")

    async def _judge_ready(self, is_ready: bool, sentence: str, words: str) -> None:
        def wrong() -> list[str]:
            return [kiosk.name for kiosk in self.others if kiosk.ready is not is_ready]

        await self.judge.eventually(
            lambda: not wrong(),
            f"{sentence}, within {LIMIT} s of the manifest's clock",
            lambda: f"{listed(wrong())} {words}",
            within=self.within,
        )

    async def judge_again(self) -> None:
        """Judge that those which hung are started again, once."""
        await self.judge.eventually(
            lambda: all(kiosk.restarts for kiosk in self.stuck),
            "a kiosk that was given up is started again",
            lambda: listed(kiosk.name for kiosk in self.stuck if not kiosk.restarts) + " is not",
            within=PLATFORM_ACTS_WITHIN,
            look="livenessProbe",
            line=2,
        )
        twice = [kiosk.name for kiosk in self.stuck if len(self.lost(kiosk.name)) != 1]
        self.judge.claim(not twice, "it starts in peace again", f"{listed(twice)} was given up again", line=1)

    def answers(self, kiosk: InstanceHandle) -> dict[str, int]:
        return {kind: standing.answers for kind, standing in kiosk.probes().items()}

    def passes(self, kiosk: InstanceHandle, kind: str) -> bool | None:
        """What a probe answered last; None where it did not, or is not there."""
        standing = probe_of(kiosk, kind)
        return standing.passed if standing else None

    def has_started(self, kiosk: InstanceHandle) -> bool:
        return bool(self.passes(kiosk, "startup") or "startup" not in kiosk.probes())

    def refuses(self, kiosk: InstanceHandle, kind: str, before: dict[str, int]) -> bool:
        """Say whether a probe says no of a kiosk that serves; the first answer since may be from before."""
        is_over = self.answers(kiosk).get(kind, 0) - before.get(kind, 0) >= ROW
        return kiosk.name in self.lost() or (is_over and self.passes(kiosk, kind) is False)


def blind(kind: str, kiosk: InstanceHandle) -> tuple[str, str]:
    """Return the sentence of a probe that knows nothing of the database, and what is said where it does."""
    sentence = f"{kind} asks nothing of the database, so that nobody is restarted for it"
    return sentence, f"while the database is away {kind} says no of {kiosk.name}"
