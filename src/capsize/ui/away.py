"""Waiting in a notebook: a call that blocks runs in a thread of its own, so that the kernel's loop stays free."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def nothing() -> None:
    """Do nothing: for calls that are not to be cancelled."""


async def away(call: Callable[[], T], cancel: Callable[[], object] = nothing) -> T:
    """Await a call that blocks.

    When the cell is interrupted, ``cancel`` is called in a thread of its own, and the call is awaited to its end
    before CancelledError is raised: nothing is left half done behind the cell's back.
    """
    done: Future[T] = Future()
    threading.Thread(target=_settle, args=(done, call), name="capsize-call", daemon=True).start()
    waiting = asyncio.wrap_future(done)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        threading.Thread(target=cancel, name="capsize-cancel", daemon=True).start()
        await asyncio.wait([waiting])
        waiting.cancelled() or waiting.exception()
        raise


def _settle(done: Future[T], call: Callable[[], T]) -> None:
    done.set_running_or_notify_cancel()
    try:
        done.set_result(call())
    except BaseException as error:
        done.set_exception(error)
