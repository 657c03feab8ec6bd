"""Exercise 8.3: a slow kiosk and a quick one start, hang, lose their database, and get it back."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import httpx
from lab08_stack import PLATFORM_ACTS_WITHIN, direct, hanging, listed, names_of, probe_of

from capsize.check import Judge
from capsize.check.kit import during, until
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from capsize.waiting import came_true

KIOSKS = ("advice", "tides")
LIMIT = 40  # seconds of the manifest's clock in which a kiosk that hangs is given up


class Kiosks:
    """Both kiosks, and what the platform makes of them by the learner's manifest."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        judge.point(evidence=lambda: judge.story(stack, *KIOSKS))

    @property
    def both(self) -> list[InstanceHandle]:
        return [self.stack.service(name).instances[0] for name in KIOSKS]

    def ready(self) -> list[str]:
        return [kiosk.name for kiosk in self.both if kiosk.ready]

    def lost(self, *kiosks: str) -> list[str]:
        """List which of these kiosks a probe gave up, or which of both."""
        who = kiosks or KIOSKS
        return [*names_of(self.stack, "startup failed", *who), *names_of(self.stack, "liveness failed", *who)]

    async def judge_start(self) -> None:
        """Judge that both start in peace, and are given up when they hang right afterwards."""
        self.judge.done("started both kiosks, and got each stuck right after its start")
        async with asyncio.TaskGroup() as each:
            for kiosk in self.both:
                each.create_task(self.judge_start_of(kiosk))

        def are_back() -> bool:
            return all(kiosk.ready and kiosk.restarts == 1 for kiosk in self.both)

        await until(are_back, "both kiosks start again", within=PLATFORM_ACTS_WITHIN)

    async def judge_start_of(self, kiosk: InstanceHandle) -> None:
        await self.until_serving(kiosk)
        is_ready = await came_true(lambda: kiosk.ready or self.lost(kiosk.name), PLATFORM_ACTS_WITHIN)
        kind = "startup" if names_of(self.stack, "startup failed", kiosk.name) else "liveness"
        words = f"{kiosk.name} was given up by its {kind} probe"
        claim, name = self.judge.claim, kiosk.service
        claim(not self.lost(kiosk.name), f"{name} starts without a restart", words, look=f"{kind}Probe")
        claim(is_ready, f"{name} is ready then", f"it is {kiosk.shown}", look="readinessProbe")
        async with hanging(kiosk):
            await self.judge.eventually(
                lambda: self.lost(kiosk.name),
                f"a kiosk that hangs is given up within {LIMIT} s of the manifest's clock",
                f"{kiosk.name} still hangs",
                within=LIMIT * self.stack.model.time_scale,
                look="livenessProbe",
            )

    async def until_serving(self, kiosk: InstanceHandle) -> None:
        """Wait until a kiosk answers a customer, whatever its probes say; or until it was given up."""
        async with httpx.AsyncClient(trust_env=False, timeout=2) as customer:
            while not self.lost(kiosk.name):
                with suppress(httpx.HTTPError):
                    await customer.get(direct(kiosk, "/items"))
                    return
                await asyncio.sleep(0.02)

    async def judge_cut(self) -> None:
        """Judge that both go out of the rotation while the database is away, and that liveness is content."""
        lost, before = len(self.lost()), {kiosk.name: self.answers(kiosk) for kiosk in self.both}

        def has_asked(kind: str, row: int = 1) -> bool:
            """Say whether both probes were answered so often in a row since the cut, or are not there to be asked."""
            counts = ((self.answers(kiosk).get(kind), before[kiosk.name].get(kind, 0)) for kiosk in self.both)
            return all(now is None or now - then > row for now, then in counts)  # the first may be from before

        def has_said() -> bool:
            return has_asked("liveness") or len(self.lost()) > lost

        self.judge.done("cut the database off")
        async with during(*(self.stack.edge(kiosk, "db").cut for kiosk in KIOSKS)):
            await until(has_said, "liveness asks while the database is away", within=PLATFORM_ACTS_WITHIN)
            unwell = [kiosk.name for kiosk in self.both if not self.is_content(kiosk)] + self.lost()[lost:]
            self.judge.claim(
                not unwell,
                "liveness asks nothing of the database, so that nobody is restarted for it",
                f"while the database is away liveness says no of {listed(unwell)}",
                look="livenessProbe",
            )
            row = max(self.threshold(kiosk) for kiosk in self.both)
            await self.judge.eventually(
                lambda: not self.ready(),
                "both leave the rotation while the database is away",
                lambda: f"{listed(self.ready())} stayed in it",
                within=PLATFORM_ACTS_WITHIN,
                unless=lambda: has_asked("readiness", row),
                look="readinessProbe",
            )

    async def judge_return(self) -> None:
        """Judge that both come back."""
        self.judge.done("gave the database back")
        await self.judge.eventually(
            lambda: len(self.ready()) == len(KIOSKS),
            "both kiosks come back with the database",
            lambda: ", ".join(f"{one.name} is {'ready' if one.ready else 'not ready'}" for one in self.both),
            within=PLATFORM_ACTS_WITHIN,
            look="readinessProbe",
        )
        again = [kiosk.name for kiosk in self.both if kiosk.restarts != 1]
        self.judge.claim(not again, "neither was restarted for it", f"{listed(again)} was", look="livenessProbe")

    def answers(self, kiosk: InstanceHandle) -> dict[str, int]:
        return {kind: standing.answers for kind, standing in kiosk.probes().items()}

    def threshold(self, kiosk: InstanceHandle) -> int:
        """How many failures in a row take a kiosk out, if any do."""
        standing = probe_of(kiosk, "readiness")
        return standing.probe.failure_threshold if standing else 0

    def is_content(self, kiosk: InstanceHandle) -> bool:
        standing = probe_of(kiosk, "liveness")
        return standing is None or standing.passed is not False
