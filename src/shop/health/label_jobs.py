"""Labels to be printed, as rows of a table from which several workers take: a row that one has taken is theirs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import asyncpg

LOOK_EVERY, LOOK_FOR = 0.05, 0.2  # seconds
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS labels;
CREATE TABLE IF NOT EXISTS labels.jobs (
    id text PRIMARY KEY, seconds float NOT NULL,
    taken_by text, taken_at timestamptz, is_done boolean NOT NULL DEFAULT false
);
CREATE TABLE IF NOT EXISTS labels.prints (job text NOT NULL, worker text NOT NULL, at timestamptz NOT NULL);
"""
TAKE = """
UPDATE labels.jobs SET taken_by = $1, taken_at = clock_timestamp() WHERE id = (
    SELECT id FROM labels.jobs WHERE taken_by IS NULL AND NOT is_done ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id, seconds
"""


@dataclass(frozen=True)
class Job:
    """One label, and the seconds that the printer needs for it."""

    id: str
    seconds: float


class Jobs:
    """The table as one worker sees it. What a worker has taken nobody else gets, until it gives it back."""

    def __init__(self, pool: asyncpg.Pool, worker: str) -> None:
        self._pool, self._worker = pool, worker

    async def take(self) -> Job | None:
        """Take a job, and wait a moment for one; None where there was none."""
        for _ in range(round(LOOK_FOR / LOOK_EVERY)):
            if row := await self._pool.fetchrow(TAKE, self._worker):
                return Job(row["id"], row["seconds"])
            await asyncio.sleep(LOOK_EVERY)
        return None

    async def done(self, job: Job) -> None:
        """Say that a job is done."""
        await self._pool.execute("UPDATE labels.jobs SET is_done = true WHERE id = $1", job.id)

    async def give_back(self, job: Job) -> None:
        """Let somebody else take a job."""
        await self._pool.execute("UPDATE labels.jobs SET taken_by = NULL WHERE id = $1 AND NOT is_done", job.id)

    async def print_label(self, job: Job) -> None:
        """Print a label, which takes its time. Where this is cancelled, nothing is printed."""
        await asyncio.sleep(job.seconds)
        await self._pool.execute("INSERT INTO labels.prints VALUES ($1, $2, clock_timestamp())", job.id, self._worker)
