"""The checks of lab 08: a restart only where it helps, customers only where they are served, and a good farewell."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack, asynccontextmanager, suppress

import httpx

from capsize.check import Judge, exercise
from capsize.errors import CapsizeError
from capsize.handles import InstanceHandle
from capsize.running import RunningStack
from shop.bundles import DEADLY

PATIENCE = 20.0  # seconds that something has to happen in which the platform should do
GLANCE = 0.02
KIOSKS = ("advice", "tides")


async def until(holds: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Wait until a condition holds; say whether it came to that."""
    deadline = time.monotonic() + seconds
    while not (met := bool(holds())) and time.monotonic() < deadline:
        await asyncio.sleep(GLANCE)
    return met


def told(stack: RunningStack, what: str, *services: str) -> list[str]:
    """List who was told of in the timeline, in the order of events."""
    return [e.who for e in list(stack.timeline.events) if e.what == what and e.who.rpartition("-")[0] in services]


def story(stack: RunningStack, *services: str) -> list[str]:
    """Quote the last events of some services."""
    own = [
        e for e in list(stack.timeline.events) if e.who.split(">")[-1].rpartition("-")[0] in services or ">" in e.who
    ]
    return [str(event) for event in own[-8:]]


def listed(names: Iterable[str]) -> str:
    return " and ".join(sorted(set(names))) or "nobody"


def direct(instance: InstanceHandle, path: str) -> str:
    return f"http://127.0.0.1:{instance.port}{path}"


@asynccontextmanager
async def cut_off(stack: RunningStack, *callers: str):
    """Cut the database off from services."""
    with ExitStack() as undo:
        for caller in callers:
            undo.enter_context(await asyncio.to_thread(stack.edge(caller, "db").cut))
        yield
        await asyncio.to_thread(undo.pop_all().close)


async def hang(instance: InstanceHandle) -> None:
    """Get an instance's event loop stuck, as a customer could; nobody waits for the answer."""
    async with httpx.AsyncClient(timeout=0.5, trust_env=False) as customer:
        with suppress(httpx.HTTPError):
            await customer.get(direct(instance, DEADLY))


def probed(instance: InstanceHandle, kind: str) -> int:
    """Count the answers in a row that a probe got; none where it failed or is not there."""
    standing = instance.probes().get(kind)
    return standing.streak if standing and standing.passed else 0


# 8.1


@exercise("8.1", deadline=60, wait=False)
async def test_only_a_stuck_loop_is_started_again(stack: RunningStack, judge: Judge):
    """A cut database restarts no copy; a stuck event loop restarts the copy that has it, and no other."""
    shop = await ready_shop(stack)
    await judge_cut_database(stack, judge, shop)
    await judge_stuck_loop(stack, judge, shop)


async def ready_shop(stack: RunningStack) -> list[InstanceHandle]:
    """Wait until the three copies serve."""
    shop = stack.service("shop").instances
    if not await until(lambda: all(copy.ready for copy in shop)):
        raise CapsizeError("the copies of the shop did not get ready", evidence=tuple(story(stack, "shop")))
    return shop


async def judge_cut_database(stack: RunningStack, judge: Judge, shop: list[InstanceHandle]) -> None:
    """Judge that nobody is started again because the database is away, and that the probe did ask."""
    probe = stack._supervisor.services["shop"].liveness
    asked = probe.failure_threshold if probe else 0
    before = {copy.name: probed(copy, "liveness") for copy in shop}
    async with cut_off(stack, "shop"):
        judge.done(f"cut the database off for more than {asked} liveness probes")
        await until(
            lambda: (
                all(probed(copy, "liveness") > before[copy.name] + asked for copy in shop)
                or told(stack, "liveness failed", "shop")
            )
        )
        restarted = told(stack, "liveness failed", "shop")
    judge.expect(
        not restarted,
        expected="no copy is restarted because its database is away",
        got=f"liveness gave up {listed(restarted)}",
        evidence=story(stack, "shop"),
        look=judge.place("def is_alive"),
    )


async def judge_stuck_loop(stack: RunningStack, judge: Judge, shop: list[InstanceHandle]) -> None:
    """Judge that the copy whose loop is stuck is given up in time, comes back, and is the only one."""
    victim, began = shop[0], stack.timeline.seconds
    judge.done("a customer asked for a bundle that gets the event loop of one copy stuck")
    await hang(victim)
    probe = stack._supervisor.services["shop"].liveness
    limit = 2 * (probe.failure_threshold * max(probe.period, probe.timeout) + probe.timeout) if probe else 5.0
    await until(lambda: told(stack, "liveness failed", "shop"), limit)
    given_up = told(stack, "liveness failed", "shop")
    judge.expect(
        given_up[:1] == [victim.name],
        expected="the copy that hangs is given up after three liveness probes",
        got=f"{given_up[0]} was given up" if given_up else f"nobody was, {stack.timeline.seconds - began:.1f} s later",
        evidence=story(stack, "shop"),
        look=judge.place("def is_alive"),
    )
    await until(lambda: victim.ready and victim.restarts == 1)
    judge.expect(
        [copy.restarts for copy in shop] == [1, 0, 0] and victim.ready,
        expected="it is started again, and no other copy is",
        got=", ".join(f"{copy.name} restarted {copy.restarts} times" for copy in shop),
        evidence=story(stack, "shop"),
        look=judge.place("def is_alive"),
    )


# 8.2


@exercise("8.2", deadline=60, wait=False)
async def test_readiness_follows_the_database_when_it_is_sure(stack: RunningStack, judge: Judge):
    """A flapping database changes nothing; one that is away takes every copy out, and back when it is back."""
    shop = await ready_shop(stack)
    await judge_flapping(stack, judge, shop)
    async with cut_off(stack, "shop"):
        judge.done("cut the database off")
        await judge_out_of_rotation(stack, judge, shop)
    await judge_doubtful_return(stack, judge, shop)
    judge.done("gave the database back")
    back = await until(lambda: all(copy.ready for copy in shop), 8)
    judge.expect(
        back,
        expected="every copy is back in the rotation when the database is back",
        got=f"{sum(copy.ready for copy in shop)} of {len(shop)} copies are",
        evidence=story(stack, "shop"),
        look=judge.place("def heard"),
    )


def answers(copy: InstanceHandle) -> list[bool]:
    """Read from a copy's log what the database answered, oldest first."""
    lines = [line for line in copy.logs(400).splitlines() if "shop.counter: the database" in line]
    return ["did not answer" not in line for line in lines]


def longest(answered: bool, row: list[bool]) -> int:
    """Count the longest run of one answer."""
    best = run = 0
    for one in row:
        run = run + 1 if one == answered else 0
        best = max(best, run)
    return best


async def judge_flapping(stack: RunningStack, judge: Judge, shop: list[InstanceHandle]) -> None:
    """Judge that single failures take nobody out; a machine on which they were not single cannot judge."""
    judge.done("let the database fail a copy's question now and then, never three times in a row")
    for times in range(1, 5):
        async with cut_off(stack, "shop"):
            await until(lambda n=times: all(answers(copy).count(False) >= n for copy in shop), 5)
        counts = [len(answers(copy)) for copy in shop]
        await until(lambda n=counts: all(len(answers(c)) > k and answers(c)[-1] for c, k in zip(shop, n, strict=True)))
    out = told(stack, "not ready", "shop")
    refuse_to_judge_if(max(longest(False, answers(copy)) for copy in shop) > 2, shop)
    judge.expect(
        not out,
        expected="one answer that fails takes no copy out",
        got=f"{listed(out)} went out of the rotation",
        evidence=story(stack, "shop"),
        look=judge.place("def heard"),
    )


def refuse_to_judge_if(busy: bool, shop: list[InstanceHandle]) -> None:
    if busy:
        raise CapsizeError(
            "this machine is too busy to let a database fail only once",
            evidence=tuple(str(answers(copy)) for copy in shop),
            next="close what else is running, and check again",
        )


async def judge_out_of_rotation(stack: RunningStack, judge: Judge, shop: list[InstanceHandle]) -> None:
    """Judge that every copy leaves, that nobody reaches one, and that none is restarted."""
    gone = await until(lambda: not any(copy.ready for copy in shop), 8)
    judge.expect(
        gone,
        expected="every copy leaves the rotation while the database is away",
        got=f"{sum(copy.ready for copy in shop)} of {len(shop)} copies still call themselves ready",
        evidence=story(stack, "shop"),
        look=judge.place("def heard"),
    )
    await until(lambda: not stack._supervisor.wires.targets.get("shop"))
    await stack_settled(stack)
    async with httpx.AsyncClient(base_url=stack.url("shop"), trust_env=False) as customer:
        reached = [r for r in [await customer.get("/items") for _ in range(20)] if "x-copy" in r.headers]
    judge.expect(not reached, expected="no request reaches a copy", got=f"{len(reached)} of 20 did", evidence=reached)


async def stack_settled(stack: RunningStack) -> None:
    await asyncio.to_thread(stack.call, stack._supervisor.wires.settled, "shop")


async def judge_doubtful_return(stack: RunningStack, judge: Judge, shop: list[InstanceHandle]) -> None:
    """Judge that one answer, and then none, brings nobody back."""
    judge.done("gave the database back for one question, and cut it off again")
    counts = [answers(copy).count(True) for copy in shop]
    await until(lambda: all(answers(c).count(True) > k for c, k in zip(shop, counts, strict=True)), 5)
    async with cut_off(stack, "shop"):
        ends = [len(answers(copy)) for copy in shop]
        await until(lambda: all(not answers(c)[-1] and len(answers(c)) > k for c, k in zip(shop, ends, strict=True)), 5)
        back = [copy.name for copy in shop if copy.ready]
        row = [answers(copy)[count:] for copy, count in zip(shop, ends, strict=True)]
    refuse_to_judge_if(not row, shop)
    judge.expect(
        not back,
        expected="one answer that succeeds brings no copy back",
        got=f"{listed(back)} came back",
        evidence=story(stack, "shop"),
        look=judge.place("def heard"),
    )


# 8.3


@exercise("8.3", deadline=75, wait=False)
async def test_slow_and_quick_start_under_three_probes(stack: RunningStack, judge: Judge):
    """Both kiosks start, follow the database without a restart, and are given up when they hang."""
    judge.done("started both kiosks")
    kiosks = [stack.service(name).instances[0] for name in KIOSKS]
    await asyncio.gather(*(until_serving(stack, kiosk) for kiosk in kiosks))
    await until(lambda: all(kiosk.ready for kiosk in kiosks) or lost(stack))
    await judge_no_restart(stack, judge, "both kiosks start without a restart")
    judge_all_ready(stack, judge, kiosks, "both kiosks are ready")
    await judge_watched(stack, judge, kiosks)
    async with cut_off(stack, *KIOSKS):
        judge.done("cut the database off")
        await judge_unready(stack, judge, kiosks)
    judge.done("gave the database back")
    await until(lambda: all(kiosk.ready for kiosk in kiosks))
    judge_all_ready(stack, judge, kiosks, "both kiosks come back with the database")
    await judge_hanging(stack, judge, kiosks)


async def until_serving(stack: RunningStack, kiosk: InstanceHandle) -> None:
    """Wait until a kiosk answers a customer, whatever its probes say; or until one was given up."""
    async with httpx.AsyncClient(trust_env=False, timeout=2) as customer:
        while not lost(stack):
            with suppress(httpx.HTTPError):
                await customer.get(direct(kiosk, "/"))
                return
            await asyncio.sleep(GLANCE)


async def judge_watched(stack: RunningStack, judge: Judge, kiosks: list[InstanceHandle]) -> None:
    """Judge that liveness does not leave a kiosk unwatched long after its start."""
    limit = 40 * stack.model.time_scale
    began = {e.who: e.at for e in stack.timeline.events if e.what == "started"}
    quick = next(kiosk for kiosk in kiosks if kiosk.service == "tides")
    rest = began[quick.name] + limit - stack.timeline.seconds
    await until(lambda: asked(quick) != (None, 0), rest)
    judge.expect(
        asked(quick) != (None, 0),
        expected="liveness watches tides within 40 s of the manifest's clock from its start",
        got="it has not asked yet",
        evidence=story(stack, *KIOSKS),
        look=judge.place("livenessProbe"),
    )


def lost(stack: RunningStack) -> list[str]:
    return [*told(stack, "startup failed", *KIOSKS), *told(stack, "liveness failed", *KIOSKS)]


async def judge_no_restart(stack: RunningStack, judge: Judge, claim: str) -> None:
    given_up = lost(stack)
    kind = "startup" if told(stack, "startup failed", *KIOSKS) else "liveness"
    judge.expect(
        not given_up,
        expected=claim,
        got=f"{listed(given_up)} was given up" + (f" by its {kind} probe" if given_up else ""),
        evidence=story(stack, *KIOSKS),
        look=judge.place(f"{kind}Probe"),
    )


def judge_all_ready(stack: RunningStack, judge: Judge, kiosks: list[InstanceHandle], claim: str) -> None:
    judge.expect(
        all(kiosk.ready for kiosk in kiosks),
        expected=claim,
        got=", ".join(f"{kiosk.name} is {'ready' if kiosk.ready else 'not ready'}" for kiosk in kiosks),
        evidence=story(stack, *KIOSKS),
        look=judge.place("readinessProbe"),
    )


async def judge_unready(stack: RunningStack, judge: Judge, kiosks: list[InstanceHandle]) -> None:
    """Judge that both go out of the rotation, and that liveness asked meanwhile and was content."""
    await until(lambda: not any(kiosk.ready for kiosk in kiosks) or lost(stack), 10)
    await judge_no_restart(stack, judge, "neither is restarted because the database is away")
    judge.expect(
        not any(kiosk.ready for kiosk in kiosks),
        expected="both leave the rotation while the database is away",
        got=f"{listed([kiosk.name for kiosk in kiosks if kiosk.ready])} stayed in it",
        evidence=story(stack, *KIOSKS),
        look=judge.place("readinessProbe"),
    )
    before = [asked(kiosk) for kiosk in kiosks]
    await until(lambda: [asked(kiosk) for kiosk in kiosks] != before and all(asked_anew(kiosks, before)), 3)
    unwell = [kiosk.name for kiosk in kiosks if (said := kiosk.probes().get("liveness")) and said.passed is False]
    judge.expect(
        not unwell,
        expected="liveness asks nothing of the database",
        got=f"while the database is away liveness says no of {listed(unwell)}",
        evidence=story(stack, *KIOSKS),
        look=judge.place("livenessProbe"),
    )


def asked(kiosk: InstanceHandle) -> tuple[object, int]:
    said = kiosk.probes().get("liveness")
    return (said.passed, said.streak) if said else (None, 0)


def asked_anew(kiosks: list[InstanceHandle], before: list[tuple[object, int]]) -> list[bool]:
    return [asked(kiosk) != one for kiosk, one in zip(kiosks, before, strict=True)]


async def judge_hanging(stack: RunningStack, judge: Judge, kiosks: list[InstanceHandle]) -> None:
    """Judge that a kiosk that hangs is given up in time."""
    limit = 40 * stack.model.time_scale
    judge.done("got both kiosks stuck")
    await asyncio.gather(*(hang(kiosk) for kiosk in kiosks))
    await until(lambda: set(told(stack, "liveness failed", *KIOSKS)) == {kiosk.name for kiosk in kiosks}, limit)
    missing = {kiosk.name for kiosk in kiosks} - set(told(stack, "liveness failed", *KIOSKS))
    judge.expect(
        not missing,
        expected="a kiosk that hangs is given up within 40 s of the manifest's clock",
        got=f"{listed(missing)} still hangs",
        evidence=story(stack, *KIOSKS),
        look=judge.place("livenessProbe"),
    )


# 8.4

PACE, STOCKTAKES = 60, 6  # light requests a second, and slow ones under way at any time


@exercise("8.4", deadline=75, wait=False)
async def test_a_rolling_restart_drops_nobody(stack: RunningStack, judge: Judge):
    """Every copy is replaced under load, and no request fails; each leaves by itself, and says that it does."""
    shop = await ready_shop(stack)
    await until(lambda: len(stack._supervisor.wires.targets.get("shop", ())) == len(shop))
    await stack_settled(stack)
    enough, lies = asyncio.Event(), Counter[str]()
    async with httpx.AsyncClient(base_url=stack.url("shop"), trust_env=False, timeout=10) as customer:
        load = [asyncio.create_task(look_around(customer, enough))]
        load += [asyncio.create_task(take_stock(customer, enough)) for _ in range(STOCKTAKES)]
        watch = [asyncio.create_task(watch_leaving(copy, enough, lies)) for copy in shop]
        await asyncio.sleep(0.5)  # under load, and with stocktakes under way
        judge.done(
            f"replaced every copy by a rolling restart, under {PACE} requests a second and {STOCKTAKES} stocktakes"
        )
        await asyncio.to_thread(stack.service("shop").roll)
        enough.set()
        results = sum(await asyncio.gather(*load), Counter())
        await asyncio.gather(*watch)
    judge_farewell(stack, judge, results, lies)


async def look_around(customer: httpx.AsyncClient, enough: asyncio.Event) -> Counter[str]:
    """Ask for the items at a steady pace, whether answers come or not."""
    under_way, start = [], time.monotonic()
    while not enough.is_set():
        await asyncio.sleep(start + len(under_way) / PACE - time.monotonic())
        under_way.append(asyncio.create_task(answer(customer, "/items")))
    return Counter(await asyncio.gather(*under_way))


async def take_stock(customer: httpx.AsyncClient, enough: asyncio.Event) -> Counter[str]:
    """Take stock again and again."""
    counted: Counter[str] = Counter()
    while not enough.is_set():
        counted[await answer(customer, "/stocktake")] += 1
    return counted


async def answer(customer: httpx.AsyncClient, path: str) -> str:
    try:
        return f"{path} {(await customer.get(path)).status_code}"
    except httpx.HTTPError as error:
        return f"{path} {type(error).__name__}"


async def watch_leaving(copy: InstanceHandle, enough: asyncio.Event, lies: Counter[str]) -> None:
    """Count how often a copy that was sent SIGTERM calls itself ready."""
    async with httpx.AsyncClient(trust_env=False, timeout=2) as eye:
        while not enough.is_set() and copy.state != "stopped":
            with suppress(httpx.HTTPError, ValueError):
                said = (await eye.get(direct(copy, "/ready"))).json()
                lies[copy.name] += bool(said["leaving"] and said["ready"])
            await asyncio.sleep(0.05)


def judge_farewell(stack: RunningStack, judge: Judge, results: Counter[str], lies: Counter[str]) -> None:
    failed = {kind: count for kind, count in sorted(results.items()) if not kind.endswith(" 200")}
    forced = told(stack, "killed", "shop")
    judge.expect(
        not forced,
        expected="every copy exits by itself, before its grace period is over",
        got=f"{listed(forced)} had to be killed",
        evidence=story(stack, "shop"),
        look=judge.place("def leave"),
    )
    judge.expect(
        not failed,
        expected="no request fails",
        got=", ".join(f"{count} x {kind}" for kind, count in failed.items()) or "none failed",
        evidence=story(stack, "shop"),
        look=judge.place("def leave"),
    )
    liars = sorted(name for name, count in lies.items() if count > 1)
    judge.expect(
        not liars,
        expected="a copy that was sent SIGTERM does not call itself ready",
        got=f"{listed(liars)} did",
        evidence=story(stack, "shop"),
        look=judge.place("def leave"),
    )
