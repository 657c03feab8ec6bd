"""The worker: it prints labels, one after the other, until the platform wants it to leave."""

import asyncio
import os

GRACE = float(os.environ["GRACE"])  # seconds between SIGTERM, which sets `leaving`, and SIGKILL
SPARE = 0.5  # seconds of it for giving a job back


async def work(jobs, print_label, leaving):
    """Print labels. The process exits when this returns after ``leaving``, an asyncio.Event, is set.

    ``await jobs.take()`` returns a job, or None if there was none for a moment. ``await print_label(job)`` takes
    job.seconds, and prints nothing if it is cancelled. Then ``await jobs.done(job)``; or ``await jobs.give_back(job)``,
    after which another worker can take it.
    """
    signal = asyncio.create_task(leaving.wait())
    while not leaving.is_set():
        job = await jobs.take()
        if job is None:
            continue
        if leaving.is_set():
            await jobs.give_back(job)
            break
        printing = asyncio.create_task(print_label(job))
        await asyncio.wait({printing, signal}, return_when=asyncio.FIRST_COMPLETED)
        if not printing.done() and job.seconds > GRACE - SPARE:  # it would not get done in time
            printing.cancel()
            await asyncio.wait({printing})
            await jobs.give_back(job)
            break
        await printing
        await jobs.done(job)
    signal.cancel()
