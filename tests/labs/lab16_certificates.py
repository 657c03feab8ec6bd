"""Exercise 16.1: certificates that end soon, and a root that is replaced, while customers order."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from capsize.check import Judge
from capsize.check.kit import account, during, until
from workbench.labs.mesh_control import Meshside, Shown

SECONDS = 4  # that a certificate lasts
AWAY = 1.0  # seconds that one sidecar does not hear from the authority: a quarter of that
LATE = 0.75  # seconds that one hears late of a new root: longer than a connection between sidecars lives
AFTER = 0.7  # of them, after the end of its first certificate: longer than a connection between sidecars lives
ANSWERED_WITHIN = 20.0  # seconds, on a busy machine too
LOOK = 0.05  # seconds between two looks at a door
DOORS = ("catalogue-proxy", "payments-proxy")
SIDECARS = ("orders-proxy", *DOORS)
WORKLOADS = ("orders", "catalogue", "payments")


class Certificates:
    """Customers who order all the time, and somebody who looks at the doors of two sidecars."""

    def __init__(self, judge: Judge, mesh: Meshside) -> None:
        self.judge, self.mesh = judge, mesh
        self.seen: list[Shown] = []
        judge.point(evidence=lambda: [*judge.story(mesh.stack, "authority")[-4:], *map(str, self.seen[-3:])])

    @asynccontextmanager
    async def looking(self, context: ssl.SSLContext) -> AsyncIterator[None]:
        """Look at both doors again and again, for a block."""
        task = asyncio.create_task(self.keep_looking(context))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def keep_looking(self, context: ssl.SSLContext) -> None:
        while True:
            for door in DOORS:
                if shown := await self.mesh.shown(door, context):
                    self.seen.append(shown)
            await asyncio.sleep(LOOK)

    async def until_open(self) -> None:
        """Wait until an order is placed: the sidecars have their first certificates."""

        async def is_open() -> bool:
            return (await self.mesh.order()).placed

        await until(is_open, "an order is placed in the mesh", within=ANSWERED_WITHIN, line=1)
        self.mesh.customers.answers.clear()

    async def judge_ends(self) -> None:
        """Have customers order for longer than a certificate lasts; one sidecar is alone in the last moments of its."""
        victim = self.judge.draw.victim(SIDECARS)
        self.judge.done(f"had customers order for longer than certificates last ({SECONDS} s)")
        self.judge.done(f"kept the authority from {victim} for {AWAY} s when its first certificate came to its end")
        context = await self.mesh.card("orders")
        async with self.looking(context), self.mesh.busy(orders=4):
            await until(lambda: self.seen, "a sidecar shows a certificate", within=ANSWERED_WITHIN, line=1)
            self.judge_lasting()
            await asyncio.sleep(self.seen[0].ends - AWAY + AFTER - time.time())
            async with during(self.mesh.stack.edge(victim, "authority").cut):
                await asyncio.sleep(self.seen[0].ends + AFTER - time.time())
            await asyncio.sleep(
                self.judge.draw.uniform(0.7, 0.9)
            )  # by then each connection between sidecars was opened anew
        sentence = "every order is placed while certificates are replaced (201)"
        account(self.judge, self.mesh.customers.answers, expected={"201"}, sentence=sentence, line=2)
        self.judge_seen()

    def judge_lasting(self) -> None:
        """Judge the certificates so far: none lasts longer than it should."""
        long = max(one.left for one in self.seen)
        sentence = f"a certificate ends after {SECONDS} s"
        self.judge.claim(long <= SECONDS + 1, sentence, f"one had {long:.0f} s left", line=1)

    def judge_seen(self) -> None:
        """Judge the certificates that were at the doors: there was a next one, and it lasts no longer either."""
        self.judge.point(line=1)
        self.judge_lasting()
        for door in DOORS:
            serials = {one.serial for one in self.seen if one.door == door}
            self.judge.claim(len(serials) > 1, f"{door} gets certificates again and again", f"{len(serials)} of them")

    async def judge_root(self) -> None:
        """Have the root replaced while customers order, and one sidecar hears of every step of it late."""
        self.judge.point(line=3, look="async def replace")
        victim = self.judge.draw.victim(WORKLOADS)
        self.judge.done(f"had the root replaced; the sidecar of {victim} heard of each step {LATE} s late")
        self.mesh.customers.answers.clear()
        old, authority = await self.mesh.card("orders"), self.mesh.desks["authority"]
        async with self.mesh.busy(orders=4):
            (await authority.put(f"/late/{victim}", params={"seconds": LATE})).raise_for_status()
            await self.mesh.replace_root()
            (await authority.put(f"/late/{victim}", params={"seconds": 0})).raise_for_status()
            await asyncio.sleep(0.8)  # each connection between sidecars has been opened anew
        sentence = "every order is placed while the root is replaced (201)"
        account(self.judge, self.mesh.customers.answers, expected={"201"}, sentence=sentence)
        await self.judge_new(old)

    async def judge_new(self, old: ssl.SSLContext) -> None:
        """Judge that the new root counts everywhere, and stays, and that the old one counts nowhere."""
        new = await self.mesh.card("orders")
        for door in DOORS:

            async def is_new(door: str = door) -> bool:
                shown = await self.mesh.shown(door, new)
                return bool(shown and shown.issuer == "root 2")

            sentence = f"{door} shows a certificate of the new root"
            await self.judge.eventually(is_new, sentence, "another one", within=3, line=4)

            async def is_refused(door: str = door) -> bool:
                return not (await self.mesh.call(door, old, "GET", "/rates")).kind.isdecimal()

            sentence = f"{door} refuses a certificate of the old root"
            await self.judge.eventually(is_refused, sentence, "it is answered", within=2 * LATE, line=4)
            taken = await self.mesh.call(door, new, "GET", "/rates")
            self.judge.claim(taken.kind.isdecimal(), f"{door} takes one of the new root", taken.kind, line=4)
        await self.until_replaced(new)
        issuers = {one.issuer for one in self.seen}
        self.judge.claim(issuers == {"root 2"}, "what is issued afterwards is of the new root", f"{issuers}", line=4)

    async def until_replaced(self, context: ssl.SSLContext) -> None:
        """Wait until each door has got its next certificate."""
        self.seen.clear()
        async with self.looking(context):
            await until(self.had_another, "certificates are replaced, whatever the root", within=3 * SECONDS, line=4)

    def had_another(self) -> bool:
        """Return whether each door has shown two certificates since the list was cleared."""
        return all(len({one.serial for one in self.seen if one.door == door}) > 1 for door in DOORS)
