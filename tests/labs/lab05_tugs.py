"""The harbour of lab 05's task on your own: ships that come to the desk, and the tugs that the desk sends."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from capsize.check import Judge
from capsize.check.kit import account, until
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers
from workbench.labs.discovery_copies import Leases

PAUSE = 0.05  # seconds between two ships
ROUNDS = 6  # ships for each tug: enough for one that is chosen by lot, too


@dataclass
class Harbour:
    """Ships, each with another name, and the registry as it looks from outside."""

    stack: RunningStack
    judge: Judge
    ships: Customers
    leases: Leases
    names: list[str] = field(default_factory=list)

    @property
    def tugs(self) -> list[InstanceHandle]:
        return self.stack.service("tugs").instances

    async def tow(self) -> Answer:
        """Have one ship towed."""
        self.names.append(f"ship-{len(self.names) + 1}")
        return await self.ships.ask("POST", f"/tows/{self.names[-1]}")

    async def tow_some(self) -> list[Answer]:
        """Have some ships towed for each tug."""
        return [await self.tow() for _ in range(ROUNDS * len(self.tugs))]

    async def tow_for(self, seconds: float) -> list[Answer]:
        """Have ships towed, one after the other, for so many seconds."""
        end, answers = time.monotonic() + seconds, [await self.tow()]
        while time.monotonic() < end:
            await asyncio.sleep(PAUSE)
            answers.append(await self.tow())
        return answers

    async def until_listed(self, names: Iterable[str], within: float) -> None:
        """Wait until the registry lists these tugs and no others."""
        expected = sorted(names)

        async def is_listed() -> bool:
            return sorted(await self.leases.listed("tugs")) == expected

        await until(is_listed, f"the registry lists {', '.join(expected)}", within=within, line=self.judge.line)

    async def until_all_share(self, within: float) -> None:
        """Wait until the registry lists every tug, and the desk sends every one."""
        every = {tug.name for tug in self.tugs}

        async def do_share() -> bool:
            return towers(await self.tow_some()).keys() == every

        await self.until_listed(every, within)
        await until(do_share, "every tug that is listed is called", within=within, line=self.judge.line)

    @property
    def said(self) -> str:
        """What the latest ships were told."""
        latest = self.ships.answers[-ROUNDS * len(self.tugs) :]
        return f"ships by tug: {dict(towers(latest))}, of {len(latest)}"

    def claim_towed(self, answers: list[Answer], when: str) -> None:
        account(self.judge, answers, expected={"201"}, sentence=f"{when}, every ship is towed (201)")

    def claim_shares(self, answers: list[Answer], names: set[str], sentence: str) -> None:
        """Claim that each of some tugs was sent to a quarter of its share of the ships at least."""
        sent = towers(answers)
        idle = [name for name in names if sent[name] < len(answers) / len(names) / 4]
        self.judge.claim(not idle, sentence, f"ships by tug: {dict(sent)}")


def towers(answers: Iterable[Answer]) -> Counter[str]:
    """Count by which tugs ships were towed."""
    return Counter(answer.body["by"] for answer in answers if answer.kind == "201")
