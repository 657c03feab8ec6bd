"""The check of lab 08's task on your own: a worker is asked to leave while idle, at a short job, and at a long one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import partial

import asyncpg

from capsize.check import Judge, exercise
from capsize.check.kit import database, until
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from capsize.waiting import came_true

GRACE, REST, LONG, SOON = 4.0, 0.8, 7.0, 1.0  # seconds
NEARLY = GRACE + REST  # seconds of a job that is longer than GRACE, of which REST are left
DONE_WITHIN, SLACK = 15.0, 1.0  # seconds: the second for a busy machine
HELD = 8  # an advisory lock: who has it holds answers with a job on their way; to stop asking comes too late then
ON_ITS_WAY = f"""
CREATE FUNCTION labels.on_its_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock_shared({HELD}); RETURN NULL;
EXCEPTION WHEN query_canceled THEN RETURN NULL;
END $$;
CREATE TRIGGER on_its_way AFTER UPDATE ON labels.jobs FOR EACH ROW
    WHEN (OLD.taken_by IS NULL AND NEW.taken_by = '%s') EXECUTE FUNCTION labels.on_its_way()
"""
GIVEN = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
HEARD = 0.3  # seconds that a process has for taking note of a signal
FINISHED = "SELECT count(*) FROM labels.jobs WHERE NOT is_done"


@dataclass
class Printery:
    """The workers, and the table of their jobs."""

    stack: RunningStack
    judge: Judge
    db: asyncpg.Connection

    async def place(self, seconds: float, count: int = 1) -> list[str]:
        """Add jobs of so many seconds each."""
        names = [f"{name}-{seconds:g}" for name in self.judge.draw.names(count)]
        await self.db.executemany(
            "INSERT INTO labels.jobs (id, seconds) VALUES ($1, $2)",
            [(n, seconds) for n in names],
        )
        return names

    async def at_work(self, job: str) -> InstanceHandle | None:
        """Return the worker that has a job."""
        name = await self.db.fetchval("SELECT taken_by FROM labels.jobs WHERE id = $1", job)
        return self.stack.instance(name) if name else None

    async def has_been_at(self, job: str, seconds: float) -> bool:
        """Say whether a job was taken so many seconds ago."""
        query = "SELECT clock_timestamp() - taken_at >= $2 * interval '1 second' FROM labels.jobs WHERE id = $1"
        return bool(await self.db.fetchval(query, job, seconds))

    async def leave(self, worker: InstanceHandle) -> float:
        """Send a worker SIGTERM, wait until its process has ended, and return the seconds that this took."""
        began = time.monotonic()
        await asyncio.to_thread(worker.stop)
        await until(lambda: worker.state == "stopped", "the worker's process ends", within=DONE_WITHIN)
        return time.monotonic() - began

    def judge_end(self, worker: InstanceHandle) -> None:
        """Judge that a worker ended by itself."""
        killed = self.stack.timeline.told("killed", worker.name)
        sentence = "a worker that is asked to leave ends by itself, before it is killed"
        self.judge.claim(not killed, sentence, lambda: str(killed[-1]), line=3)

    async def taken_after(self, worker: InstanceHandle, moment: float) -> list[str]:
        """List the jobs that a worker took after a moment of the database's clock."""
        query = "SELECT id FROM labels.jobs WHERE taken_by = $1 AND extract(epoch FROM taken_at) > $2"
        return [name for (name,) in await self.db.fetch(query, worker.name, moment)]

    async def jobs_of(self, worker: InstanceHandle) -> list[str]:
        """List the jobs that a worker has, and has not done."""
        query = "SELECT id FROM labels.jobs WHERE taken_by = $1 AND NOT is_done"
        return [name for (name,) in await self.db.fetch(query, worker.name)]

    async def clock(self) -> float:
        return float(await self.db.fetchval("SELECT extract(epoch FROM clock_timestamp())"))

    async def is_finished(self) -> bool:
        return not await self.db.fetchval(FINISHED)


@exercise("8.own", deadline=120)
async def test_a_worker_leaves_nothing_behind(stack: RunningStack, judge: Judge):
    """Idle it goes at once, a short job it finishes, a long one it gives back, and each label is printed once."""
    judge.point(look="async def work", evidence=lambda: judge.story(stack, "labels"))
    async with database(stack) as db:
        printery = Printery(stack, judge, db)
        await judge_idle(judge, printery)
        await judge_in_hand(judge, printery)
        await judge_short(judge, printery)
        await judge_long(judge, printery)
        await judge_prints(judge, printery)


async def judge_idle(judge: Judge, printery: Printery) -> None:
    """Judge a worker without a job."""
    worker = judge.draw.victim(printery.stack.service("labels").instances)
    judge.done(f"sent {worker.name} SIGTERM while there was no job")
    seconds = await printery.leave(worker)
    sentence = f"a worker without a job ends within {SOON:g} s"
    judge.claim(seconds < SOON + SLACK, sentence, f"after {seconds:.1f} s", line=1)
    await asyncio.to_thread(worker.restart)


async def judge_in_hand(judge: Judge, printery: Printery) -> None:
    """Judge a worker that is asked to leave while the answer with a job is on its way to it."""
    workers = printery.stack.service("labels").instances
    worker = judge.draw.victim(workers)
    judge.done(f"sent {worker.name} SIGTERM when the database had given it a job, and it did not know that yet")
    async with database(printery.stack) as hand:
        await hand.execute(f"SELECT pg_advisory_lock({HELD})")
        await hand.execute(ON_ITS_WAY % worker.name)
        await printery.place(REST / 4, len(workers))
        is_given = partial(hand.fetchval, GIVEN)
        await until(is_given, "the worker is given a job", within=DONE_WITHIN, line=1)
        leaving = asyncio.create_task(printery.leave(worker))
        await until(lambda: worker.state == "stopping", "the worker is asked to leave", within=DONE_WITHIN)
        await asyncio.sleep(HEARD)
        await hand.execute(f"SELECT pg_advisory_unlock({HELD})")
        await leaving
        printery.judge_end(worker)
        jobs = await printery.jobs_of(worker)
        await hand.execute("DROP FUNCTION labels.on_its_way CASCADE")
    sentence, words = (
        "no job stays with a worker that is gone",
        f"{worker.name} was given {', '.join(jobs)}, and has it still",
    )
    judge.claim(not jobs, sentence, words, line=3)
    await asyncio.to_thread(worker.restart)


async def judge_short(judge: Judge, printery: Printery) -> None:
    """Judge a worker with a job that it can finish, for most of it is done, while others come in."""
    (job,) = await printery.place(NEARLY)
    worker = await until(lambda: printery.at_work(job), "a worker takes the job", within=DONE_WITHIN)
    kept = await came_true(lambda: printery.has_been_at(job, NEARLY - REST), NEARLY + SLACK)
    sentence = f"while nobody has to leave, a job may take as long as it needs, {NEARLY:g} s"
    judge.claim(kept, sentence, f"{worker.name} gave it away", evidence=f"GRACE is {GRACE:g} s", line=2)
    judge.done(f"sent {worker.name} SIGTERM when {REST:g} s of a job of {NEARLY:g} s were left, and placed more")
    leaving, moment = asyncio.create_task(printery.leave(worker)), await printery.clock()
    await printery.place(REST / 4, 6)
    seconds = await leaving
    printed = await printery.db.fetchval("SELECT worker FROM labels.prints WHERE job = $1", job)
    judge.claim(printed == worker.name, "a job that can be finished is finished", f"{printed} printed it", line=2)
    late = [name for name in await printery.taken_after(worker, moment + SLACK / 2) if name != job]
    judge.claim(not late, "a worker that leaves takes no job any more", f"{worker.name} took {', '.join(late)}", line=1)
    words = f"after {seconds:.1f} s, when {REST:g} s of its job were left"
    judge.claim(seconds < REST + SOON + SLACK / 2, "it ends when its job is finished", words, line=2)
    printery.judge_end(worker)
    await asyncio.to_thread(worker.restart)


async def judge_long(judge: Judge, printery: Printery) -> None:
    """Judge a worker with a job for which the time is too short."""
    await until(printery.is_finished, "the other jobs are done", within=DONE_WITHIN, line=3)
    (job,) = await printery.place(LONG)
    worker = await until(lambda: printery.at_work(job), "a worker takes the job", within=DONE_WITHIN)
    judge.done(f"sent {worker.name} SIGTERM while it was at a job of {LONG:g} s; GRACE is {GRACE:g} s")
    await printery.leave(worker)
    printery.judge_end(worker)

    async def has_another() -> bool:
        other = await printery.at_work(job)
        return other is not None and other.name != worker.name

    is_given = await came_true(has_another, DONE_WITHIN)
    judge.claim(is_given, "a job that cannot be finished goes to another worker", "nobody has it", line=3)


async def judge_prints(judge: Judge, printery: Printery) -> None:
    """Judge that in the end each label is printed once."""
    is_finished = await came_true(printery.is_finished, LONG + DONE_WITHIN)
    left = await printery.db.fetchval(FINISHED)
    judge.claim(is_finished, "no job stays with a worker that is gone", f"{left} are not done", line=3)
    query = "SELECT job FROM labels.prints GROUP BY job HAVING count(*) > 1"
    twice = [name for (name,) in await printery.db.fetch(query)]
    judge.claim(not twice, "each label is printed once", f"{', '.join(twice)} was printed again", line=3)
