"""Exercise 8.3: a slow kiosk and a quick one start, hang, lose their database, and get it back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import httpx
from lab08_stack import PATIENCE, cut_off, direct, hanging, listed, must, names_of, probe_of, story

from capsize.check import Judge
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from capsize.waiting import came_true

KIOSKS = ("advice", "tides")
LIMIT = 40  # seconds of the manifest's clock in which a kiosk that hangs is given up


@dataclass(frozen=True)
class Kiosks:
    """Both kiosks, and what the platform makes of them by the learner's manifest."""

    stack: RunningStack
    judge: Judge

    @property
    def both(self) -> list[InstanceHandle]:
        return [self.stack.service(name).instances[0] for name in KIOSKS]

    def lost(self, *kiosks: str) -> list[str]:
        """List which of these kiosks a probe gave up, or which of both."""
        who = kiosks or KIOSKS
        return [*names_of(self.stack, "startup failed", *who), *names_of(self.stack, "liveness failed", *who)]

    async def judge_start(self) -> None:
        """Judge that both start in peace, and are given up when they hang right afterwards."""
        self.judge.done("started both kiosks, and got each stuck right after its start")
        async with asyncio.TaskGroup() as each:
            for kiosk in self.both:
                each.create_task(self._judge_start_of(kiosk))
        await must(
            lambda: self._are_ready() and all(kiosk.restarts == 1 for kiosk in self.both),
            "the kiosks did not start again",
            self.stack,
            *KIOSKS,
        )

    async def _judge_start_of(self, kiosk: InstanceHandle) -> None:
        await self._until_serving(kiosk)
        await came_true(lambda: kiosk.ready or self.lost(kiosk.name), PATIENCE)
        kind = "startup" if names_of(self.stack, "startup failed", kiosk.name) else "liveness"
        lost = self.lost(kiosk.name)
        got = f"{kiosk.name} was given up by its {kind} probe" if lost else "it did"
        self._expect(not lost, f"{kiosk.service} starts without a restart", got, f"{kind}Probe")
        self._expect(kiosk.ready, f"{kiosk.service} is ready then", f"it is {kiosk.shown}", "readinessProbe")
        await self._judge_hanging(kiosk)

    async def _until_serving(self, kiosk: InstanceHandle) -> None:
        """Wait until a kiosk answers a customer, whatever its probes say; or until it was given up."""
        async with httpx.AsyncClient(trust_env=False, timeout=2) as customer:
            while not self.lost(kiosk.name):
                with suppress(httpx.HTTPError):
                    await customer.get(direct(kiosk, "/items"))
                    return
                await asyncio.sleep(0.02)

    async def _judge_hanging(self, kiosk: InstanceHandle) -> None:
        async with hanging(kiosk):
            given_up = await came_true(lambda: self.lost(kiosk.name), LIMIT * self.stack.model.time_scale)
        self._expect(
            given_up,
            f"a kiosk that hangs is given up within {LIMIT} s of the manifest's clock",
            "both were" if given_up else f"{kiosk.name} still hangs",
            "livenessProbe",
        )

    async def judge_cut(self) -> None:
        """Judge that both go out of the rotation while the database is away, and that liveness is content."""
        lost, before = len(self.lost()), {kiosk.name: self._answers(kiosk) for kiosk in self.both}

        def has_asked(kind: str, row: int = 1) -> bool:
            """Say whether both probes were answered so often in a row since the cut, or are not there to be asked."""
            counts = ((self._answers(kiosk).get(kind), before[kiosk.name].get(kind, 0)) for kiosk in self.both)
            return all(now is None or now - then > row for now, then in counts)  # the first may be from before

        self.judge.done("cut the database off")
        async with cut_off(self.stack, *KIOSKS):
            await must(
                lambda: has_asked("liveness") or len(self.lost()) > lost, "liveness did not ask", self.stack, *KIOSKS
            )
            unwell = [kiosk.name for kiosk in self.both if not self._is_content(kiosk)] + self.lost()[lost:]
            self._expect(
                not unwell,
                "liveness asks nothing of the database, so that nobody is restarted for it",
                f"while the database is away liveness says no of {listed(unwell)}",
                "livenessProbe",
            )
            row = max(self._threshold(kiosk) for kiosk in self.both)
            await came_true(
                lambda: not any(kiosk.ready for kiosk in self.both) or has_asked("readiness", row), PATIENCE
            )
            stayed = [kiosk.name for kiosk in self.both if kiosk.ready]
            self._expect(
                not stayed,
                "both leave the rotation while the database is away",
                f"{listed(stayed)} stayed in it",
                "readinessProbe",
            )

    async def judge_return(self) -> None:
        """Judge that both come back."""
        self.judge.done("gave the database back")
        await came_true(self._are_ready, PATIENCE)
        self._expect_ready("both kiosks come back with the database")
        again = [kiosk.name for kiosk in self.both if kiosk.restarts != 1]
        self._expect(
            not again, "neither was restarted for it", f"{listed(again)} was" if again else "neither", "livenessProbe"
        )

    def _answers(self, kiosk: InstanceHandle) -> dict[str, int]:
        return {kind: standing.answers for kind, standing in kiosk.probes().items()}

    def _threshold(self, kiosk: InstanceHandle) -> int:
        """How many failures in a row take a kiosk out, if any do."""
        standing = probe_of(kiosk, "readiness")
        return standing.probe.failure_threshold if standing else 0

    def _is_content(self, kiosk: InstanceHandle) -> bool:
        standing = probe_of(kiosk, "liveness")
        return standing is None or standing.passed is not False

    def _are_ready(self) -> bool:
        return all(kiosk.ready for kiosk in self.both)

    def _expect_ready(self, claim: str) -> None:
        told = ", ".join(f"{kiosk.name} is {'ready' if kiosk.ready else 'not ready'}" for kiosk in self.both)
        self._expect(self._are_ready(), claim, told, "readinessProbe")

    def _expect(self, condition: object, claim: str, got: str, field: str) -> None:
        look, evidence = self.judge.place(field), story(self.stack, *KIOSKS)
        self.judge.expect(condition, expected=claim, got=got, evidence=evidence, look=look)
