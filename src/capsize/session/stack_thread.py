"""The thread and event loop in which one stack lives, from the first process to the last.

The caller's thread only waits, so Ctrl-C may hit it at any moment: the life then ends, and takes everything along.
"""

from __future__ import annotations

import contextlib
import errno
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

from capsize.errors import CapsizeError
from capsize.runtime.control.supervisor import Supervisor

T = TypeVar("T")
FULL = (errno.ENOSPC, errno.EDQUOT)


class StackThread:
    """Run ``make()``, an async context manager that yields a supervisor, in a daemon thread until ``end``."""

    def __init__(self, make: Callable[[], AbstractAsyncContextManager[Supervisor]]) -> None:
        self._make = make
        self._over = threading.Event()  # somebody wants it to end
        self._begun: Future[BlockingPortal] = Future()
        self._up: Future[Supervisor] = Future()
        self._thread = threading.Thread(target=self._live, name="capsize-stack", daemon=True)

    def begin(self) -> Supervisor:
        """Start, and wait until all is up. Whatever ends the wait (an error, Ctrl-C) unwinds what had started."""
        try:
            self._thread.start()
            return self._up.result()
        except BaseException as error:
            self.end()
            plain = plainly(error)
            raise plain from (None if plain is not error else error.__cause__)

    def call(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Run a coroutine function in the loop and wait for it; Ctrl-C cancels it, and so does the stack's end."""
        future = self._begun.result().start_task_soon(function, *args)
        try:
            return future.result()
        except CancelledError as error:
            raise CapsizeError("the stack went down meanwhile", next="start it again: lab.up()") from error
        except BaseException as error:
            future.cancel()
            plain = plainly(error)
            raise plain from (None if plain is not error else error.__cause__)

    def end(self) -> None:
        """Take the stack down and wait until nothing of it is left."""
        self._over.set()
        with contextlib.suppress(RuntimeError, CancelledError):
            if self._begun.done():
                self._begun.result().start_task_soon(self._finish)
        if self._thread.ident is not None:
            self._thread.join()

    async def _finish(self) -> None:
        if self._up.done():
            self._finished.set()
        else:
            self._scope.cancel()

    def _live(self) -> None:
        try:
            anyio.run(self._live_on)
        except BaseException as error:
            self._fail(error)
        else:
            self._fail(CapsizeError("the stack ended before it was up", next="start it again: lab.up()"))

    def _fail(self, error: BaseException) -> None:
        for future in (self._begun, self._up):
            if not future.done():
                future.set_exception(error)

    async def _live_on(self) -> None:
        self._finished, self._scope = anyio.Event(), anyio.CancelScope()
        async with BlockingPortal() as portal:
            self._begun.set_result(portal)
            with self._scope:
                if self._over.is_set():
                    return
                async with self._make() as supervisor:
                    self._up.set_result(supervisor)
                    await self._finished.wait()
            await portal.stop(cancel_remaining=True)  # who still waits for a roll-out waits for nothing


def plainly(error: BaseException) -> BaseException:
    """Return the CapsizeError that an exception group of the loop carries, or the error itself."""
    return next(_kit_errors(error), error)


def _kit_errors(error: BaseException) -> Iterator[CapsizeError]:
    if isinstance(error, CapsizeError):
        yield error
    elif isinstance(error, OSError) and error.errno in FULL:
        room = "make room there, or name another folder: export CAPSIZE_RUN_DIR=…"
        yield CapsizeError(f"cannot write {error.filename}", got=error.strerror, next=room)
    elif isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _kit_errors(inner)
