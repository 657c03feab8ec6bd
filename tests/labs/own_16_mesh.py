"""The check of lab 16's task on your own: a sidecar between friends, strangers and impostors."""

from __future__ import annotations

import asyncio
import ssl
import time

from capsize.check import Judge, exercise
from capsize.check.kit import browser, only, until
from capsize.session.running import RunningStack
from workbench.labs.mesh_control import Meshside, nameless
from workbench.labs.mesh_experiments import spoken_to

DOOR = "auditor-proxy"
ANSWERED_WITHIN = 20.0  # seconds, on a busy machine too
ENDS = 5  # seconds that the certificates last which are to end
SOON = 3.0  # seconds in which a sidecar notices who answers


class Audit:
    """The auditor's app, asked from inside its pod and from outside."""

    def __init__(self, stack: RunningStack, judge: Judge, mesh: Meshside) -> None:
        self.stack, self.judge, self.mesh = stack, judge, mesh
        self.sums = {"charges": 0, "cents": 0}
        judge.point(evidence=lambda: [*stack.logs(DOOR).splitlines()[-4:], *judge.story(stack, DOOR)[-3:]])

    async def charge(self) -> None:
        """Have orders charge something."""
        card = await self.mesh.card("orders")
        for name in self.judge.draw.names(self.judge.draw.count(2, 4)):
            charge = {"order": name, "cents": self.judge.draw.amount(100, 9000)}
            headers = {"Idempotency-Key": name}
            answer = await self.mesh.call("payments-proxy", card, "POST", "/charges", json=charge, headers=headers)
            assert answer.kind == "201", answer
            self.sums = {"charges": self.sums["charges"] + 1, "cents": self.sums["cents"] + charge["cents"]}

    async def summed(self) -> str:
        """Ask the app itself; return the status, or ``right`` where it says the sum."""
        async with browser(self.stack, "auditor") as app:
            answer = await app.get("/sum")
        return "right" if answer.is_success and answer.json() == self.sums else str(answer.status_code)

    async def come_in(self, context: ssl.SSLContext) -> str:
        return (await self.mesh.call(DOOR, context, "GET", "/healthz")).kind

    async def judge_sum(self) -> None:
        """Judge that the app gets what it asks for."""
        self.judge.done("charged some orders, and asked the auditor for the sum")
        await self.charge()

        async def is_right() -> bool:
            return await self.summed() == "right"

        sentence = "the auditor's app gets the charges"
        await self.judge.eventually(is_right, sentence, "it does not", within=ANSWERED_WITHIN / 3, line=1)

    async def judge_door(self) -> None:
        """Judge who comes in."""
        self.judge.point(line=3)
        self.judge.done("came to its door with all kinds of certificates, and with none")
        for workload in ("orders", *self.judge.draw.names(2)):
            kind = await self.come_in(await self.mesh.card(workload))
            self.judge.claim(kind == "200", "callers with a certificate of the mesh come in (200)", kind)
        others = {"without a certificate": nameless(), "of another root": await self.mesh.card("orders", strange=True)}
        others["that has ended"] = await self.mesh.card("orders", seconds=-30)
        for who, context in others.items():
            kind = await self.come_in(context)
            self.judge.claim(not kind.isdecimal(), f"a caller {who} gets no answer", kind)
        plain = await spoken_to(self.stack, DOOR, "/healthz")
        self.judge.claim(not plain.isdecimal(), "a caller by plain HTTP gets no answer", plain)

    async def supply(self, workload: str, named: str, seconds: float = 3600) -> None:
        """Hand a certificate to the sidecars of a workload, and wait until they have it."""
        wished = {"workload": named, "seconds": seconds}
        answer = await self.mesh.desks["authority"].put(f"/supplies/{workload}", json=wished)
        answer.raise_for_status()

    async def judge_ends(self) -> None:
        """Begin with certificates that end soon, replace them in time, and look what is there after their end."""
        self.judge.point(line=4)
        self.judge.done(
            f"had both sidecars begin with certificates that end after {ENDS} s, and replaced these in time"
        )
        began, friend = time.monotonic(), await self.mesh.card("orders")
        for workload in ("auditor", "payments"):
            await self.supply(workload, workload, ENDS)
        await self.begin_anew(DOOR, "payments-proxy")
        for workload in ("auditor", "payments"):
            await self.supply(workload, workload)
        while time.monotonic() < began + ENDS + 0.3:
            await self.judge_both(friend)
            await asyncio.sleep(0.1)
        shown = await self.mesh.shown(DOOR, friend)
        self.judge.claim(shown and shown.left > ENDS, "its door shows the newest certificate", str(shown))
        await self.begin_anew("payments-proxy")

    async def begin_anew(self, *sidecars: str) -> None:
        """Have sidecars start again, so that connections are opened anew."""
        restarts = [self.stack.instance(f"{name}-1").restart for name in sidecars]
        await asyncio.gather(*map(asyncio.to_thread, restarts))

        async def is_right() -> bool:
            return await self.summed() == "right"

        await until(is_right, "after new connections the app gets the charges", within=ANSWERED_WITHIN / 3, line=4)

    async def judge_both(self, friend: ssl.SSLContext) -> None:
        got = await self.summed()
        self.judge.claim(got == "right", "no call of the auditor's fails", got)
        kind = await self.come_in(friend)
        self.judge.claim(kind == "200", "no caller of the auditor's fails (200)", kind)

    async def judge_impostor(self) -> None:
        """Let another workload of the mesh answer where payments is."""
        self.judge.point(line=2)
        other = self.judge.draw.choice(("catalogue", "orders", "payments-2"))
        self.judge.done("let another workload answer at the address of payments")
        await self.supply("payments", other)
        await asyncio.to_thread(self.stack.instance("payments-proxy-1").restart)

        async def is_refused() -> bool:
            return await self.summed() == "503"

        sentence = "another workload of the mesh at that address is not taken for payments (503)"
        await self.judge.eventually(is_refused, sentence, "it is answered", within=SOON)


@exercise("16.own", deadline=90, changed=only("auditor", DOOR, "payments", "payments-proxy", "authority"))
async def test_a_new_service_joins(stack: RunningStack, judge: Judge):
    """The auditor's sidecar shows who it is, takes nobody for another, lets in who may, and never runs out of time."""
    async with Meshside(stack) as mesh:
        audit = Audit(stack, judge, mesh)
        await audit.judge_sum()
        await audit.judge_door()
        await audit.judge_ends()
        await audit.judge_impostor()
