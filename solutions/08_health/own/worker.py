"""The worker: it prints labels, one after the other, until the platform wants it to leave."""

import asyncio
import os

GRACE = float(os.environ["GRACE"])  # seconds between SIGTERM, which sets `leaving`, and SIGKILL
SPARE = 1.0  # seconds that are left for giving a job back


async def work(jobs, print_label, leaving):
    """Print labels. The process exits when this returns after ``leaving``, an asyncio.Event, is set.

    ``await jobs.take()`` returns a job, or None if there was none for a moment. ``await print_label(job)`` takes
    job.seconds, and prints nothing if it is cancelled. Then ``await jobs.done(job)``; or ``await jobs.give_back(job)``,
    after which another worker can take it.
    """
    while not leaving.is_set():
        job = await jobs.take()
        if job:
            printing, told = asyncio.create_task(print_label(job)), asyncio.create_task(leaving.wait())
            await asyncio.wait({printing, told}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({printing}, timeout=GRACE - SPARE)  # as long as it may take, and no longer
            if printing.done():
                await jobs.done(job)
            else:
                printing.cancel()
                await jobs.give_back(job)
