"""Run a load: awaited in a notebook, or waited for in a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from capsize.errors import CapsizeError
from capsize.load.child import LoadProcess, Message
from capsize.load.order import Order
from capsize.load.recording import Marks, OnBucket, Recording
from capsize.load.report import LoadReport

LOOKED_AFTER = 0.5  # seconds between two looks whether the child still lives
T = TypeVar("T")


async def run(
    locustfile: Path,
    host: str,
    *,
    users: int,
    seconds: float,
    rate: float | None = None,
    ramp: float = 0,
    warm: float = 0,
    on_bucket: OnBucket = None,
    marks: Marks = None,
) -> LoadReport:
    """Send load and report what came of it; ``on_bucket`` is called four times a second, in the caller's loop.

    ``rate`` (requests per second, all users together) paces the run; without it each user sends as soon as it has
    its answer. Users join evenly over ``ramp`` seconds. The same load runs for ``warm`` seconds first and is not
    reported: what a fresh stack does once, such as opening connections, is then no part of what is measured.

    ``marks`` are (seconds of ``time.monotonic``, text), or a callable asked for them at the end. A cancel ends the run
    early: the report comes back with ``interrupted`` set, and a second cancel is raised. Raises CapsizeError where
    there is nothing to report.
    """
    order = Order(Path(locustfile), host, users, seconds, rate, ramp)
    if warm and (await run(locustfile, host, users=users, seconds=warm, rate=rate)).interrupted:
        raise asyncio.CancelledError  # nothing was measured yet
    recording, inbox = Recording(order, on_bucket), asyncio.Queue[Message | None]()
    with LoadProcess(order, _posting(inbox)) as child:
        try:
            await _follow(child, inbox, recording)
        except asyncio.CancelledError:
            if not recording.interrupt():
                raise
            child.stop()
            _forget_cancel()
            await _follow(child, inbox, recording)
        recording.finish(child)
    return recording.report(marks)


def run_blocking(locustfile: Path, host: str, **settings: Any) -> LoadReport:
    """Do what ``run`` does, and wait for it; Ctrl-C ends it early as a cancel does."""
    return waited_for(run(locustfile, host, **settings))


def waited_for(load: Coroutine[Any, Any, T]) -> T:
    """Return what a load returns. Raise CapsizeError in a thread whose event loop would have to stand still for it."""
    with suppress(RuntimeError):
        asyncio.get_running_loop()
        load.close()
        raise CapsizeError("this load waits, and the event loop that runs here cannot", next="await lab.load(...)")
    with asyncio.Runner() as runner:
        return runner.run(load)


async def _follow(child: LoadProcess, inbox: asyncio.Queue[Message | None], recording: Recording) -> None:
    while True:
        try:
            async with asyncio.timeout(LOOKED_AFTER):
                message = await inbox.get()
        except TimeoutError:
            child.check(stopping=recording.interrupted)
            continue
        if message is None:
            return
        recording.take(message)


def _posting(inbox: asyncio.Queue[Message | None]) -> Callable[[Message | None], None]:
    loop = asyncio.get_running_loop()

    def post(message: Message | None) -> None:
        with suppress(RuntimeError):  # the loop was closed under us; nobody reads this inbox any more
            loop.call_soon_threadsafe(inbox.put_nowait, message)

    return post


def _forget_cancel() -> None:
    task = asyncio.current_task()
    if task:
        task.uncancel()
