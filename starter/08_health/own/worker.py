"""The worker: it prints labels, one after the other, until the platform wants it to leave."""

import os

GRACE = float(os.environ["GRACE"])  # seconds between SIGTERM, which sets `leaving`, and SIGKILL


async def work(jobs, print_label, leaving):
    """Print labels. The process exits when this returns after ``leaving``, an asyncio.Event, is set.

    ``await jobs.take()`` returns a job, or None if there was none for a moment. ``await print_label(job)`` takes
    job.seconds, and prints nothing if it is cancelled. Then ``await jobs.done(job)``; or ``await jobs.give_back(job)``,
    after which another worker can take it.
    """
    while True:
        job = await jobs.take()
        if job:
            await print_label(job)
            await jobs.done(job)
