"""The check of lab 01's task on your own: a crowd for few seats, rows in two orders, a database that fails, a death."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from capsize.check import Judge, exercise
from capsize.check.kit import database, until
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from workbench.customers import Answer, Customers, anonymous, tally, unusual

CROWD, FEWEST, MOST = 90, 5, 14  # customers, and seats in a row
STUCK_WITHIN, FREE_WITHIN = 5.0, 10.0  # seconds
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query NOT LIKE '%pg_stat_activity%'"
BUSY = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'shop' AND state <> 'idle' AND pid <> pg_backend_pid()"
FAILS = """
CREATE FUNCTION ferry.fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
CREATE TRIGGER fails BEFORE INSERT ON ferry.bookings FOR EACH ROW WHEN (NEW.customer = '{}')
    EXECUTE FUNCTION ferry.fails();
"""


@dataclass
class Bookings:
    """The ferry's customers, and what the database holds of them. ``seats`` is what each row had at the start."""

    stack: RunningStack
    judge: Judge
    desk: Customers
    db: asyncpg.Connection
    seats: dict[str, int]
    made: list[tuple[str, list[str], Answer]] = field(default_factory=list)

    async def book(self, customer: str, rows: Sequence[str]) -> Answer:
        """Book, and remember what was answered."""
        answer = await self.desk.ask("POST", "/bookings", json={"customer": customer, "rows": list(rows)})
        self.made.append((customer, list(rows), answer))
        return answer

    async def free(self) -> dict[str, int]:
        return dict(await self.db.fetch("SELECT row_name, free FROM ferry.seats"))

    async def written(self) -> Counter[tuple[str, tuple[str, ...]]]:
        rows = await self.db.fetch("SELECT customer, row_names FROM ferry.bookings")
        return Counter((row["customer"], tuple(row["row_names"])) for row in rows)

    def taken(self) -> Counter[str]:
        """Count the seats of each row that customers were told they have."""
        return Counter(row for _, rows, answer in self.made if answer.placed for row in rows)

    async def wrong(self) -> str:
        """Say in what the seats, the bookings and the answers differ, if they do."""
        told = Counter((who, tuple(rows)) for who, rows, answer in self.made if answer.placed)
        if (written := await self.written()) != told:
            return f"{told.total()} bookings were acknowledged (201), and {written.total()} are written down"
        taken = self.taken()
        for row, free in (await self.free()).items():
            if free + taken[row] != self.seats[row]:
                return f"row {row} had {self.seats[row]} seats, {taken[row]} are booked, and {free} are free"
        return ""

    async def judge_books(self, sentence: str, look: str) -> None:
        """Judge that each seat is free or belongs to a booking that was acknowledged."""
        wrong = await self.wrong()
        self.judge.claim(not wrong, sentence, wrong, look=look, line=2)

    @asynccontextmanager
    async def held(self, row: str) -> AsyncIterator[None]:
        """Keep everybody from changing a row of seats."""
        async with database(self.stack) as hand, hand.transaction():
            await hand.execute("SELECT 1 FROM ferry.seats WHERE row_name = $1 FOR UPDATE", row)
            yield

    async def waiting(self, count: int) -> bool:
        """Say whether so many bookings wait for somebody's lock."""
        return bool(await self.db.fetchval(WAITING) >= count)


@exercise("1.own", deadline=120)
async def test_a_booking_is_two_seats_or_none(stack: RunningStack, judge: Judge):
    """No row is oversold, nobody is refused for nothing, a booking is whole, and nobody waits in vain."""
    judge.point(look="async def book")
    rows = judge.draw.names(4)
    async with database(stack) as db, anonymous(stack.url("ferry"), at_once=CROWD) as desk:
        seats = {row: judge.draw.count(FEWEST, MOST) for row in rows}
        await db.executemany("INSERT INTO ferry.seats VALUES ($1, $2)", seats.items())
        bookings = Bookings(stack, judge, desk, db, seats)
        unjust = await judge_crowd(judge, bookings)
        await judge_failure(judge, bookings)
        await judge_orders(judge, bookings)
        await judge_death(judge, bookings)
        words = f"{len(unjust)} of the crowd were refused, and could sit where they asked for"
        judge.claim(not unjust, "nobody is refused while the seats are free", words, evidence=map(str, unjust), line=1)


async def judge_crowd(judge: Judge, bookings: Bookings) -> list[list[str]]:
    """Judge a crowd that asks for more seats than there are; return what was refused although it was free."""
    rows = list(bookings.seats)
    wishes = [judge.draw.choices(rows, k=2) for _ in range(CROWD)]
    judge.done(f"{CROWD} customers booked two seats each at the same moment; four rows have {list_of(bookings.seats)}")
    answers = await asyncio.gather(*(bookings.book(f"customer {n}", wish) for n, wish in enumerate(wishes)))
    free, taken = await bookings.free(), bookings.taken()
    sold = [f"row {row} has {count}, and {taken[row]} are booked" for row, count in bookings.seats.items()]
    is_within = all(taken[row] <= count for row, count in bookings.seats.items())
    judge.claim(is_within, "no row is sold more often than it has seats", "; ".join(sold), line=1)
    odd = unusual(answers, "201", "409")
    judge.claim(not odd, "every customer is answered 201 or 409", f"{tally(answers)}", evidence=odd, line=3)
    await bookings.judge_books("a seat is free, or it belongs to a booking that was acknowledged", "async def book")
    return [rows for _, rows, answer in bookings.made if answer.kind == "409" and could_sit(rows, free)]


def could_sit(rows: Sequence[str], free: Mapping[str, int]) -> bool:
    """Say whether there are seats; as these only get fewer, there were when the customer asked, too."""
    return all(free[row] >= count for row, count in Counter(rows).items())


async def judge_failure(judge: Judge, bookings: Bookings) -> None:
    """Judge a booking that the database refuses to write down."""
    (who,) = judge.draw.names(1)
    first, second = await more(bookings, 4)
    judge.done("had the database refuse to write one booking down, and booked the same seats for somebody else")
    await bookings.db.execute(FAILS.format(who))
    failed = await bookings.book(who, [second, first])
    judge.claim(not failed.placed, "a booking that is not written down is not acknowledged", failed.kind, line=2)
    await bookings.judge_books("a booking that fails takes no seat", "INSERT INTO")
    after = await bookings.book(f"{who} again", [second, first])
    judge.claim(after.placed, "the next booking finds its seats", f"{after.kind} {after.body}", line=2)


async def judge_orders(judge: Judge, bookings: Bookings) -> None:
    """Judge two that name the same rows in opposite order, when both are begun and neither is done."""
    first, second = await more(bookings, 4)
    judge.done(
        "held one row, had two customers book it with another one, in both orders, and let go; then the other row"
    )
    for row in (first, second):
        async with bookings.held(row):
            both = [asyncio.create_task(bookings.book("one", wish)) for wish in ((first, second), (second, first))]
            is_stuck = await came_true(lambda: bookings.waiting(2), STUCK_WITHIN)
        answers = await asyncio.gather(*both)
        words = f"{tally(answers)}{'' if is_stuck else ', with no more than one at a time'}"
        sentence = "two who name the same rows in opposite order both get their seats"
        judge.claim(all(one.placed for one in answers), sentence, words, evidence=unusual(answers, "201"), line=3)


async def judge_death(judge: Judge, bookings: Bookings) -> None:
    """Judge what a process leaves that is killed while it waits for the second of two rows."""
    first, second = await more(bookings, 4)
    for row, rows in ((second, (first, second)), (first, (second, first))):
        async with bookings.held(row):
            booking = asyncio.create_task(bookings.book("the last", rows))
            is_stuck = await came_true(lambda: bookings.waiting(1), STUCK_WITHIN)
            when = "while a booking waited for it" if is_stuck else "though no booking waited for it"
            judge.done(f"held row {row}, killed the ferry's process {when}, and let go")
            await asyncio.to_thread(bookings.stack.instance("ferry-1").kill)
            await booking
        await until(lambda: is_idle(bookings.db), "PostgreSQL notices that nobody is there", within=FREE_WITHIN)
        await bookings.judge_books("a booking that is cut off in the middle takes no seat", "async def book")
        await until(lambda: is_ready(bookings.stack), "the ferry's process is back", within=FREE_WITHIN)


async def more(bookings: Bookings, count: int) -> list[str]:
    """Add seats to two rows, and return these in the order of their names."""
    chosen = sorted(bookings.judge.draw.sample(list(bookings.seats), 2))
    for row in chosen:
        bookings.seats[row] += count
        await bookings.db.execute("UPDATE ferry.seats SET free = free + $2 WHERE row_name = $1", row, count)
    return chosen


async def is_idle(db: asyncpg.Connection) -> bool:
    return not await db.fetchval(BUSY)


def is_ready(stack: RunningStack) -> bool:
    return bool(stack.instance("ferry-1").ready)


def list_of(counts: dict[str, int]) -> str:
    return ", ".join(f"{row} {count}" for row, count in counts.items())
