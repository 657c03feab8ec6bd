"""The checks of lab 06: carts that outlive a copy, drawings that pass the shop by, one flight for a hundred, growth."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import re
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from urllib.parse import urljoin, urlsplit

import asyncpg
import httpx
import pytest
import redis.asyncio

from capsize.check import Judge, exercise
from capsize.errors import CapsizeError
from capsize.running import RunningStack
from shop import growth
from shop.catalogue import ITEMS, past_weeks
from shop.customers import Answer, Customers, tally
from shop.demand import times_worked_out
from shop.shoppers import Shopper, Shoppers

COPIES, SHOPPERS, TABS, ROUNDS = 3, 12, 20, 6
SESSION_SECONDS, UPLOAD_SECONDS = 4, 4
DRAWING, FLAT = 20_000_000, 1_000_000  # bytes of a drawing, and what asking for its place may take
CUSTOMERS, KEYS = 100, 12
LATE = 5.0  # seconds beyond the lease that a busy machine may take to answer
SPREAD = 0.02  # of the time that answers are kept, over which their ends have to lie apart
BUDGET, CONNECTIONS, MOST = 12, 18, 4
RISE = 1.25


def setting(**values: object) -> Callable[..., None]:
    """Make a fixture that has the stack started with other settings than the Compose file's own."""

    @pytest.fixture
    def set_them(monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, str(value))

    return set_them


short_sessions = setting(SESSION_SECONDS=SESSION_SECONDS)
short_uploads = setting(UPLOAD_SECONDS=UPLOAD_SECONDS)
small_database = setting(DB_CONNECTIONS=BUDGET, MAX_CONNECTIONS=CONNECTIONS, MOST_COPIES=MOST)


@asynccontextmanager
async def database(stack: RunningStack):
    """Open the shop's database from outside."""
    own = stack.model.services["db"].environment
    db = await asyncpg.connect(
        f"postgresql://{own['POSTGRES_USER']}:{own['POSTGRES_PASSWORD']}@{stack.url('db')}/{own['POSTGRES_DB']}"
    )
    try:
        yield db
    finally:
        await db.close()


async def until_answered_by(customers: Customers, copies: int) -> None:
    """Wait until so many copies of the shop take part, and none that is gone is asked any more."""
    seen: list[str] = []
    async with asyncio.timeout(15):
        while len(set(seen)) < copies or "" in seen:
            seen = [*seen, (await customers.read("/healthz")).by][-3 * copies :]


def too_busy(*evidence: str) -> CapsizeError:
    return CapsizeError(
        "this machine is too busy with something else to judge this",
        evidence=evidence,
        next="close what else is running, and check again",
    )


# 6.1


@exercise("6.1")
@pytest.mark.usefixtures("short_sessions")
async def test_a_cart_outlives_every_copy(stack: RunningStack, judge: Judge):
    """Any copy serves any cart, two tabs lose nothing, a copy may die, and a session ends when nobody uses it."""
    url = stack.url("shop")
    async with Shopper(url) as reader, Shopper(url) as idler, Shopper(url) as shopper:
        await judge_every_copy(judge, shopper)
        await asyncio.gather(reader.put("ensign"), idler.put("ensign"))
        reading = asyncio.create_task(read_on(reader))
        left = time.monotonic()
        async with Shopper(url) as tabs:
            await judge_tabs(judge, tabs)
        async with Shoppers(url, SHOPPERS) as crowd:
            await judge_death(stack, judge, crowd)
        await asyncio.sleep(left + 1.5 * SESSION_SECONDS - time.monotonic())
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await judge_ends(judge, reader, idler)


async def judge_every_copy(judge: Judge, shopper: Shopper) -> None:
    """Judge that a cart filled by one request after the other is the same at every copy."""
    judge.done(
        f"filled one cart by {ROUNDS} requests, each answered by the next of {COPIES} copies, and looked after each"
    )
    for _ in range(ROUNDS):
        await shopper.put("shackle")
        wrong = await shopper.misses()
        judge.expect(
            not wrong,
            expected="every copy knows the session, and shows the same cart",
            got=wrong or "the same cart everywhere",
            evidence=history(shopper),
            look=judge.place("async def find"),
        )
    seen = sorted({answer.by for answer in shopper.answers})
    judge.expect(len(seen) == COPIES, expected=f"{COPIES} copies take part", got=", ".join(seen))


async def judge_tabs(judge: Judge, tabs: Shopper) -> None:
    """Judge that requests of one session at the same moment all count."""
    judge.done(f"put {2 * TABS} pieces into one cart at the same moment, as two tabs may")
    await asyncio.gather(*(tabs.put(sku) for sku in ("oakum", "thimble") * TABS))
    wrong = await tabs.misses()
    judge.expect(
        not wrong,
        expected=f"two tabs lose nothing: {TABS} of each item are in the cart",
        got=wrong or "all of them",
        evidence=[f"answers: {tally(tabs.answers)}"],
        look=judge.place("async def put"),
    )


async def judge_death(stack: RunningStack, judge: Judge, crowd: Shoppers) -> None:
    """Judge that no cart lacks what was acknowledged, with a copy killed in the midst of it."""
    judge.done(f"had {SHOPPERS} customers fill their carts, and killed one copy meanwhile")
    over = asyncio.Event()

    async def fill() -> None:
        while not over.is_set():
            await crowd.put("lead-line")

    filling = asyncio.create_task(fill())
    await asyncio.sleep(0.3)
    await asyncio.to_thread(stack.instance("shop-2").kill)
    await until_answered_by(crowd.all[0], COPIES)
    over.set()
    await filling
    lost = await crowd.lost()
    if lost and any(shopper.rest > SESSION_SECONDS for shopper in crowd.all):
        raise too_busy(*lost)
    judge.expect(
        not lost,
        expected=f"0 of {SHOPPERS} carts are lost",
        got=f"{len(lost)} carts lack what was acknowledged" if lost else "0 lost",
        evidence=lost[:4],
        look=judge.place("async def put"),
    )


async def read_on(shopper: Shopper) -> None:
    """Look into a cart, and nothing else, again and again."""
    while True:
        await shopper.look()
        await asyncio.sleep(0.3)


async def judge_ends(judge: Judge, reader: Shopper, idler: Shopper) -> None:
    """Judge a session that was used by looking only, and one that was not used at all."""
    judge.done(
        f"let one session look on and another rest for {1.5 * SESSION_SECONDS:g} s; sessions last {SESSION_SECONDS} s"
    )
    wrong = await reader.misses()
    if wrong and reader.rest > SESSION_SECONDS:
        raise too_busy(f"nobody was answered for {reader.rest:.1f} s")
    judge.expect(
        not wrong,
        expected="a session that is used lives on, also by looking",
        got=wrong or "it lives",
        evidence=history(reader)[-3:],
        look=judge.place("async def find"),
    )
    last = await idler.look()
    judge.expect(
        last.kind == "401",
        expected=f"a session that nobody used for {SESSION_SECONDS} s has ended (401)",
        got=f"{last.kind} {last.body}",
        look=judge.place("async def begin"),
    )


def history(shopper: Shopper) -> list[str]:
    return [f"{answer.by or 'nobody'} answered {answer.kind} {answer.body}" for answer in shopper.answers]


# 6.2


@exercise("6.2")
@pytest.mark.usefixtures("short_uploads")
async def test_a_drawing_passes_the_shop_by(stack: RunningStack, judge: Judge):
    """The bytes go to the store and come from it; each drawing is its own; URLs hold for what, whom and how long."""
    limits = httpx.Timeout(30)
    async with httpx.AsyncClient(base_url=stack.url("shop"), timeout=limits, trust_env=False, verify=False) as browser:
        upload = Upload(stack, judge, browser)
        await upload.judge_bytes()
        began, early, seen = time.time(), await upload.invited("late.png"), await upload.address_of(upload.key)
        await upload.judge_names()
        await upload.judge_signatures(seen)
        await asyncio.sleep(began + UPLOAD_SECONDS + 2 - time.time())
        await upload.judge_lateness(early["put"], seen)


class Upload:
    """A browser, the shop that it asks, and what is expected of the two and of the store."""

    def __init__(self, stack: RunningStack, judge: Judge, browser: httpx.AsyncClient) -> None:
        self.stack, self.judge, self.browser = stack, judge, browser
        self.key = ""

    async def invited(self, name: str) -> dict[str, str]:
        """Ask where to PUT a drawing, and judge that it is where a browser can reach it."""
        answer = await self.browser.post("/drawings", params={"name": name})
        self.judge.expect(
            answer.status_code == 201 and {"key", "put"} <= answer.json().keys(),
            expected="the shop says where to PUT a drawing (201, key and put)",
            got=f"{answer.status_code}",
            evidence=answer,
        )
        found: dict[str, str] = answer.json()
        host = urlsplit(found["put"]).netloc
        self.judge.expect(
            host in ("", self.stack.url("s3"), urlsplit(self.stack.url("shop")).netloc),
            expected=f"an address that a browser reaches: S3_PUBLIC_URL, which is http://{self.stack.url('s3')} here",
            got=f"http://{host}",
            look=self.judge.place("def invite"),
        )
        return found

    async def address_of(self, key: str) -> str:
        """Ask where a drawing is."""
        answer = await self.browser.get(f"/drawings/{key}")
        return urljoin(self.stack.url("shop"), answer.headers.get("location", f"/drawings/{key}"))

    async def send(self, invitation: dict[str, str], drawing: bytes) -> None:
        """PUT a drawing where the shop said."""
        answer = await self.browser.put(urljoin(self.stack.url("shop"), invitation["put"]), content=drawing)
        self.judge.expect(
            answer.is_success,
            expected="the store takes the drawing",
            got=f"{answer.status_code}",
            evidence=[f"PUT {invitation['put']}", answer.text[:300]],
            look=self.judge.place("def invite"),
        )

    async def judge_bytes(self) -> None:
        """Judge that a drawing arrives, and that the shop's own wire carries none of it, there and back."""
        self.judge.done(f"asked where to PUT a drawing, sent {DRAWING // 1_000_000} MB there, and fetched it again")
        invitation, drawing = await self.invited("flag.png"), os.urandom(DRAWING)
        self.key = invitation["key"]
        before = await self.moved()
        await self.send(invitation, drawing)
        self.judge_flat("in", (await self.moved())[0] - before[0], "def invite")
        back = await self.browser.get(f"/drawings/{self.key}", follow_redirects=True)
        self.judge.expect(
            back.content == drawing,
            expected="what comes back is what was sent",
            got="the same" if back.content == drawing else f"{back.status_code}, {len(back.content)} bytes",
            evidence=back.text[:200] if len(back.content) < FLAT else "other bytes",
            look=self.judge.place("def show"),
        )
        self.judge_flat("out", (await self.moved())[1] - before[1], "def show")

    def judge_flat(self, way: str, moved: int, words: str) -> None:
        self.judge.expect(
            moved < FLAT,
            expected=f"the shop's own bytes-{way} stay flat: the drawing passes it by",
            got=f"{moved / 1e6:.1f} MB {way}" if moved >= FLAT else f"less than {FLAT / 1e6:g} MB {way}",
            look=self.judge.place(words),
        )

    async def moved(self) -> tuple[int, int]:
        """Return the bytes that went into the shop and out of it until now."""
        await asyncio.sleep(0.25)  # a reading of the wires serves for a fifth of a second
        stats = await asyncio.to_thread(self.stack.edge("outside", "shop").stats)
        return stats.bytes_in, stats.bytes_out

    async def judge_names(self) -> None:
        """Judge that two drawings of one name are two drawings."""
        self.judge.done("had two customers send a flag.png each")
        sent = {}
        for drawing in (b"a red one", b"a blue one"):
            invitation = await self.invited("flag.png")
            await self.send(invitation, drawing)
            sent[invitation["key"], drawing] = invitation
        back = [(await self.browser.get(await self.address_of(key))).content for key, _ in sent]
        self.judge.expect(
            back == [drawing for _, drawing in sent],
            expected="nobody overwrites another's drawing by its name",
            got=f"sent a red one and a blue one, and found {' and '.join(map(repr, back))}"[:200],
            look=self.judge.place("def invite"),
        )

    async def judge_signatures(self, seen: str) -> None:
        """Judge that an address without its signature, or with a changed one, opens nothing."""
        self.judge.done("tried addresses without their signature, and with another key in them")
        other = (await self.invited("other.png"))["put"]
        asked = {
            "reading without a signature": await self.browser.get(seen.partition("?")[0]),
            "sending without a signature": await self.browser.put(other.partition("?")[0], content=b"mine"),
            "sending over another drawing": await self.browser.put(
                urlsplit(other)._replace(path=urlsplit(seen).path).geturl(), content=b"mine"
            ),
            "a longer time than was signed": await self.browser.put(longer(other), content=b"mine"),
        }
        for what, answer in asked.items():
            self.judge.expect(
                answer.status_code == 403,
                expected=f"{what} is refused by the store (403)",
                got=f"{what}: {answer.status_code}",
                evidence=f"{answer.request.method} {answer.request.url}"[:160],
                look=self.judge.place("def show" if "reading" in what else "def invite"),
            )

    async def judge_lateness(self, put: str, seen: str) -> None:
        """Judge that both kinds of address end when they should."""
        self.judge.done(f"used addresses that were given out more than {UPLOAD_SECONDS} s before")
        for what, answer in (
            ("PUT", await self.browser.put(put, content=b"late")),
            ("GET", await self.browser.get(seen)),
        ):
            self.judge.expect(
                answer.status_code == 403,
                expected=f"an address older than UPLOAD_SECONDS, {UPLOAD_SECONDS} here, is refused ({what}, 403)",
                got=f"{what}: {answer.status_code}",
                look=self.judge.place("def show" if what == "GET" else "def invite"),
            )


def longer(address: str) -> str:
    """Add a second to how long an address says that it holds."""
    return re.sub(r"(?<=X-Amz-Expires=)\d+", lambda found: str(int(found[0]) + 1), address)


# 6.3


@exercise("6.3")
async def test_a_hundred_misses_are_one_flight(stack: RunningStack, judge: Judge):
    """One copy works an answer out for all, and may die; a failure is not kept; answers do not end together."""
    async with Customers(stack.url("shop"), at_once=CUSTOMERS) as customers, database(stack) as db:
        flight = Flight(stack, judge, customers, db)
        await flight.judge_one()
        await flight.judge_death()
        await flight.judge_failure()
        await flight.judge_ends()


def right(sku: str) -> int:
    """Work an item's demand out from the catalogue."""
    weeks = past_weeks([item.sku for item in ITEMS].index(sku))
    sums = sorted(this + following for this in weeks for following in weeks)
    return sums[math.ceil(0.95 * len(sums)) - 1]


class Flight:
    """Customers who ask for an item's demand, and a hand on the table that it is worked out from."""

    def __init__(self, stack: RunningStack, judge: Judge, customers: Customers, db: asyncpg.Connection) -> None:
        self.stack, self.judge, self.customers, self.db = stack, judge, customers, db
        shop = stack.model.services["shop"].environment
        self.lease, self.kept = float(shop["LEASE_SECONDS"]), float(shop["CACHE_SECONDS"])
        self.password = urlsplit(shop["VALKEY_URL"]).password

    async def ask(self, sku: str) -> Answer:
        return await self.customers.read(f"/demand/{sku}")

    @asynccontextmanager
    async def held(self):
        """Keep the past weeks locked, so that working a demand out takes as long as we want."""
        async with database(self.stack) as hand, hand.transaction():
            await hand.execute("LOCK TABLE orders.past_weeks IN ACCESS EXCLUSIVE MODE")
            yield

    async def judge_one(self) -> None:
        """Judge that those who ask while the answer is worked out wait for it."""
        self.judge.done(f"had {CUSTOMERS} customers ask for one item's demand at the same moment, over {COPIES} copies")
        before, began = await times_worked_out(self.db), time.monotonic()
        async with self.held():
            asking = asyncio.gather(*(self.ask("foghorn") for _ in range(CUSTOMERS)))
            crowd = await self.until_crowded(began + self.lease / 2)
        if time.monotonic() - began > self.lease - 0.5 or crowd < CUSTOMERS / 2:
            raise too_busy(f"{crowd} of {CUSTOMERS} had come in after {time.monotonic() - began:.1f} s")
        answers = await asking
        times = await times_worked_out(self.db) - before
        self.judge.expect(
            tally(answers) == {"200": CUSTOMERS} and all(a.body == {"pieces": right("foghorn")} for a in answers),
            expected=f"all {CUSTOMERS} are told {right('foghorn')} pieces (200)",
            got=f"{tally(answers)}",
            evidence=list({f"{answer.kind} {answer.body}"[:160] for answer in answers})[:3],
        )
        self.judge.expect(
            times == 1,
            expected=f"{CUSTOMERS} misses at once are one query",
            got=f"{times} {'query' if times == 1 else 'queries'}",
            evidence=f"counted in the database: {times} more than before",
            look=self.judge.place("await work_out()"),
        )

    async def until_crowded(self, deadline: float) -> int:
        """Wait until all have come in, or the deadline; return how many have."""
        crowd = 0
        while crowd < CUSTOMERS and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
            crowd = (await asyncio.to_thread(self.stack.edge("outside", "shop").stats)).in_flight or 0
        return crowd

    async def judge_death(self) -> None:
        """Judge that an answer that somebody died over is worked out by somebody else."""
        async with self.held():
            first = asyncio.create_task(self.ask("hawser"))
            holder = await self.at_work()
            await asyncio.to_thread(self.stack.instance(holder).kill)
            await first
        self.judge.done("killed the copy that was working an answer out, and asked again")
        answer, seconds = await self.until_right("hawser")
        self.judge.expect(
            answer.body == {"pieces": right("hawser")},
            expected=f"somebody else works it out, a lease ({self.lease:g} s) later at most",
            got=f"{answer.kind} {answer.body} after {seconds:.1f} s"
            if answer.body != {"pieces": right("hawser")}
            else "so it is",
            evidence=f"{holder} was killed",
            look=self.judge.place("async def remember"),
        )

    async def at_work(self) -> str:
        """Wait until a copy waits for the table, and name it."""
        waiting = "SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname IS NOT NULL"
        async with asyncio.timeout(10):
            while not (name := await self.db.fetchval(waiting)):
                await asyncio.sleep(0.02)
        return str(name)

    async def until_right(self, sku: str) -> tuple[Answer, float]:
        """Ask until it is answered; a copy that is gone is still asked for a moment. Return the last answer."""
        began, answer = time.monotonic(), Answer("no answer", "", 0.0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.lease + LATE):
                while answer.kind != "200":
                    answer = await self.ask(sku)
        return answer, time.monotonic() - began

    async def judge_failure(self) -> None:
        """Judge that what could not be worked out is not kept."""
        self.judge.done("cut the shop from its database, asked, healed it, and asked again")
        edge = self.stack.edge("shop", "db")
        fault = await asyncio.to_thread(edge.cut)
        failed = await self.ask("grapnel")
        await asyncio.to_thread(fault.heal)
        answer, _ = await self.until_right("grapnel")
        self.judge.expect(
            answer.body == {"pieces": right("grapnel")},
            expected="a failure is not kept: healed, the answer is right",
            got=f"{answer.kind} {answer.body}",
            evidence=f"without its database the shop answered {failed.kind} {failed.body}"[:200],
            look=self.judge.place("await work_out()"),
        )

    async def judge_ends(self) -> None:
        """Judge when the answers of one moment will end."""
        self.judge.done(f"had {KEYS} demands worked out at once, and looked when Valkey will forget them")
        skus = [item.sku for item in ITEMS[-KEYS:]]
        address = self.stack.url("valkey")
        async with redis.asyncio.from_url(f"redis://:{self.password}@{address}/0", decode_responses=True) as valkey:
            before, began = set(await valkey.keys()), time.time()
            await asyncio.gather(*map(self.ask, skus))
            took = time.time() - began
            found = {key: await valkey.pexpiretime(key) / 1000 - began for key in set(await valkey.keys()) - before}
        self.judge_kept(found)
        ends = sorted(end for end in found.values() if end > self.kept / 2)
        apart = ends[-1] - ends[0] - took
        if took > self.kept * SPREAD * 2:
            raise too_busy(f"{KEYS} answers took {took:.1f} s")
        self.judge.expect(
            apart > self.kept * SPREAD,
            expected="answers worked out together end apart, or they are all missed together",
            got=f"{len(ends)} answers that are kept for {self.kept:g} s end within {ends[-1] - ends[0]:.2f} s"
            if apart <= self.kept * SPREAD
            else "they end apart",
            evidence=[
                f"{key} ends after {end:.1f} s" for key, end in sorted(found.items(), key=lambda one: one[1])[-3:]
            ],
            look=self.judge.place("await valkey.set"),
        )

    def judge_kept(self, found: dict[str, float]) -> None:
        """Judge that each answer is in Valkey, and ends."""
        endless = [key for key, end in found.items() if end < 0]
        self.judge.expect(
            not endless,
            expected="every answer ends by itself",
            got=f"{endless[0]} has no end" if endless else "each has an end",
            look=self.judge.place("await valkey.set"),
        )
        kept = [key for key, end in found.items() if self.kept / 2 < end < self.kept * 1.5]
        self.judge.expect(
            len(kept) >= KEYS,
            expected=f"answers are kept in Valkey, for about CACHE_SECONDS, {self.kept:g} here",
            got=f"{len(kept)} of {KEYS}",
            evidence=[f"{key} ends after {end:.1f} s" for key, end in found.items()][:4],
            look=self.judge.place("await valkey.set"),
        )


# 6.4


@exercise("6.4", deadline=120)
@pytest.mark.usefixtures("small_database")
async def test_four_copies_serve_more_than_one(stack: RunningStack, judge: Judge):
    """From one copy to four under load nobody fails, the database's connections suffice, and throughput rises."""
    judge.done(
        f"had {growth.CROWD} customers at one copy and at {MOST}; PostgreSQL grants the shop {BUDGET} connections"
    )

    async def scale(copies: int) -> None:
        await asyncio.to_thread(stack.service("shop").scale, copies)

    enough = RISE if (os.cpu_count() or 1) > 1 else 0.8
    async with database(stack) as db:
        grown = await growth.measure(stack.url("shop"), db, scale, MOST, enough=enough, budget=BUDGET)
    judge.expect(
        grown.connections <= BUDGET,
        expected=f"the copies together stay within the {BUDGET} connections that PostgreSQL grants them",
        got=f"{grown.connections} at once" if grown.connections > BUDGET else f"{BUDGET} at most",
        evidence=[*grown.lines(), f"answers: {tally(grown.answers)}"],
        look=judge.place("def pool"),
    )
    judge.expect(
        tally(grown.answers).keys() == {"200"},
        expected="no request fails while the shop grows",
        got=f"{tally(grown.answers)}",
        evidence=grown.lines(),
        look=judge.place("def pool"),
    )
    await judge_rise(judge, grown, enough)


async def judge_rise(judge: Judge, grown: growth.Growth, enough: float) -> None:
    """Judge the throughput, where the machine was quiet enough to tell."""
    if grown.ratio < enough and not (grown.is_quiet or grown.never_rises):
        raise too_busy(*grown.lines())
    judge.expect(
        grown.ratio >= enough,
        expected=f"{MOST} copies serve at least {enough:g} times as much as one",
        got=f"{grown.ratio:.2f} times",
        evidence=grown.lines(),
        look=judge.place("def pool"),
    )
