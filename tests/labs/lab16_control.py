"""Exercise 16.4: a control plane whose wishes change, that dies, that is refused, and whose answers get lost."""

from __future__ import annotations

import asyncio
from typing import Any

from capsize.check import Judge
from capsize.check.kit import account, during, until
from workbench.labs.mesh_control import Meshside

SIDECAR, PLANE = "orders-proxy", "control"
V1, V2 = "catalogue", "catalogue-v2"
SUBSCRIPTIONS = 4  # of the sidecar of orders: its routes, and the endpoints of three clusters
QUIET = 1.5  # seconds without a change
LONGER, FEW = 3.3, 9  # seconds after a refusal, and questions in them: one or two a second, and one of each other thing
SOON = 1.0  # seconds within which a change is in force
LATER = 4.0  # the same after something went wrong
NEXT = 3.0  # the same after a refusal: the wait of a sidecar that has refused does not grow
ASKED_AGAIN = 0.5  # seconds after which a sidecar that was answered has asked again
BACK_WITHIN = 30.0  # seconds, on a busy machine too


class Plane:
    """The learner's control plane between us, who want something, and a sidecar."""

    def __init__(self, judge: Judge, mesh: Meshside) -> None:
        self.judge, self.mesh = judge, mesh
        self.version = 1
        self.wants: list[dict[str, Any]] = []
        judge.point(look="async def answer", evidence=lambda: mesh.stack.logs(PLANE).splitlines()[-4:])

    async def until_open(self) -> None:
        async def is_open() -> bool:
            return (await self.mesh.price()).kind == "200"

        await until(is_open, "the sidecar of orders has routes and endpoints", within=BACK_WITHIN / 2, line=1)
        self.mesh.customers.answers.clear()

    async def want(self, **wanted: Any) -> None:
        """Want something, and write it down."""
        self.wants.append(wanted)
        await self.mesh.want(**wanted)

    async def shift(self) -> None:
        """Want all calls at the other version."""
        self.version = 3 - self.version
        await self.want(shares={V1: 100 * (self.version == 1), V2: 100 * (self.version == 2)})

    async def is_in_force(self) -> bool:
        """Look whether three calls in a row are answered by the version that is wanted."""
        answers = [await self.mesh.price() for _ in range(3)]
        return all(one.kind == "200" and one.body["version"] == str(self.version) for one in answers)

    async def judge_in_force(self, what: str, *, within: float, line: int) -> None:
        words = f"not within {within:g} s"
        await self.judge.eventually(self.is_in_force, f"{what} is in force soon", words, within=within, line=line)

    async def asked(self, seconds: float) -> int:
        """Count the questions of the sidecar in so many seconds."""
        before = (await self.mesh.said(PLANE, "/asked")).get("orders", 0)
        await asyncio.sleep(seconds)
        return int((await self.mesh.said(PLANE, "/asked")).get("orders", 0) - before)

    async def judge_quiet(self) -> None:
        """Judge that nobody asks while nothing changes."""
        self.judge.point(line=1)
        self.judge.done(f"counted the questions of {SIDECAR} while nothing changed")
        await self.judge_none_refused()
        count = await self.asked(QUIET)
        words = f"{count} questions in {QUIET} s, for {SUBSCRIPTIONS} things that it wants to know"
        self.judge.claim(count <= 2 * SUBSCRIPTIONS, "a sidecar that is up to date hardly asks", words)

    async def judge_changes(self) -> None:
        """Judge that changes of routes, and of endpoints, are in force soon, in any order and number."""
        self.judge.point(line=1)
        times = self.judge.draw.count(3, 5)
        self.judge.done(f"changed the routes {times} times, and the endpoints twice")
        for _ in range(times):
            await self.shift()
            await self.judge_in_force("a change of the routes", within=SOON, line=1)
        name, other = (V1, V2) if self.version == 1 else (V2, V1)
        await self.judge_endpoints({name: [other], other: [name], "payments": ["payments"]})
        await self.judge_endpoints({V1: [V1], V2: [V2], "payments": ["payments"]})
        await self.judge_all_served(1)

    async def judge_endpoints(self, wanted: dict[str, list[str]]) -> None:
        """Have the two versions change places."""
        self.version = 3 - self.version
        await self.want(endpoints=wanted)
        await self.judge_in_force("a change of the endpoints", within=SOON, line=1)
        await self.judge_none_refused()

    async def judge_none_refused(self) -> None:
        refused = await self.mesh.said(PLANE, "/refused")
        sentence = "/refused is empty while sidecars take what they are given"
        self.judge.claim(refused == {}, sentence, f"it names {', '.join(refused)}", line=3)

    async def judge_all_served(self, line: int) -> None:
        answers = self.mesh.customers.answers
        account(self.judge, answers, expected={"200"}, sentence="no customer notices (200)", line=line)
        answers.clear()

    async def judge_death(self) -> None:
        """Take the control plane away, and bring it back with nothing in its memory."""
        self.judge.point(line=2)
        changes = self.judge.draw.count(2, 4)
        self.judge.done(f"changed the routes {changes} times, killed the control plane, and wanted all of it once more")
        for _ in range(changes):
            await self.shift()
        await self.judge_in_force("a change of the routes", within=SOON, line=1)
        async with during(self.mesh.stack.edge(SIDECAR, PLANE).cut):
            await self.start_again()
            await self.judge_served_alone()
            await until(self.is_back, "the control plane is back", within=BACK_WITHIN, line=2)
            for before in list(self.wants)[:-1]:
                await self.mesh.want(**before)  # the same once more, so that its memory is as long as it was
            await self.shift()
        await self.judge_in_force("after its restart, what is wanted", within=LATER, line=2)
        await self.judge_all_served(2)

    async def start_again(self) -> None:
        """Kill the control plane, and wait until its next process has begun."""
        plane = self.mesh.stack.instance(f"{PLANE}-1")
        before = plane.pid
        await asyncio.to_thread(plane.kill)
        await until(lambda: plane.pid not in (None, before), "the control plane begins again", within=BACK_WITHIN)

    async def judge_served_alone(self) -> None:
        answers = [await self.mesh.price() for _ in range(20)]
        sentence = "while the control plane is away, customers are served (200)"
        account(self.judge, answers, expected={"200"}, sentence=sentence, line=2)

    async def is_back(self) -> bool:
        ready: bool = self.mesh.stack.instance(f"{PLANE}-1").ready
        return ready and (await self.mesh.desks[PLANE].get("/desired")).is_success

    async def judge_refused(self) -> None:
        """Want what Envoy cannot take, and then something else."""
        self.judge.point(line=3)
        wrong: dict[str, Any] = self.judge.draw.choice(
            ({"shares": {V1: 0, V2: 0}}, {"rules": {V1: {"abort": 10, "status": self.judge.draw.count(2, 99)}}})
        )
        self.judge.done(f"wanted what a sidecar refuses: {wrong}")
        await self.want(**wrong)

        async def is_known() -> bool:
            return set(await self.mesh.said(PLANE, "/refused")) == {"orders routes"}

        sentence = "/refused names what was refused: orders routes"
        await self.judge.eventually(is_known, sentence, self.words, within=LATER)
        count = await self.asked(LONGER)
        words = f"{count} questions in {LONGER} s"
        self.judge.claim(count <= FEW, "a sidecar that has refused hardly asks", words)
        self.judge.claim(await is_known(), sentence, self.words)
        await self.judge_all_served(3)
        await self.want(rules={})
        await self.shift()
        await self.judge_in_force("what is wanted next", within=NEXT, line=3)

        async def is_forgotten() -> bool:
            return await self.mesh.said(PLANE, "/refused") == {}

        sentence = "/refused is empty again when a sidecar has taken what is new"
        await self.judge.eventually(is_forgotten, sentence, "it is not", within=LATER)

    def words(self) -> str:
        return "it does not, or names something else"

    async def judge_lost(self) -> None:
        """Lose the control plane's answers while something changes."""
        self.judge.point(line=4)
        self.judge.done("lost the answers of the control plane while the routes changed")
        async with during(self.mesh.stack.edge(SIDECAR, PLANE).lose):
            await self.want(rules={"payments": {"retries": 1}})  # what is asked from now on has no answer
            await asyncio.sleep(ASKED_AGAIN)
            await self.shift()
            await asyncio.sleep(self.judge.draw.uniform(0.4, 0.8))
        await self.judge_in_force("a change whose answer got lost", within=LATER, line=4)
        victim = self.mesh.stack.instance(f"{SIDECAR}-1")
        self.judge.done(f"killed {SIDECAR}, which starts again and knows nothing")
        before = victim.pid
        await asyncio.to_thread(victim.kill)
        await until(lambda: victim.ready and victim.pid != before, f"{SIDECAR} is back", within=BACK_WITHIN, line=4)
        await self.judge_in_force("what is wanted, in a sidecar that is new,", within=LATER, line=4)
