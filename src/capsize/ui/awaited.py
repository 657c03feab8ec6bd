"""Calls that a notebook awaits, and that say so where the word is missing."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Awaited(Coroutine[Any, Any, T]):
    """A call that begins when it is awaited. Shown or dropped before, it says what is missing."""

    def __init__(self, call: Coroutine[Any, Any, T], name: str) -> None:
        self._call, self._name, self._has_begun = call, name, False

    def __await__(self) -> Generator[Any, Any, T]:
        self._has_begun = True
        return self._call.__await__()

    def send(self, value: Any) -> Any:
        self._has_begun = True
        return self._call.send(value)

    def throw(
        self, kind: Any, error: BaseException | object = None, trace: TracebackType | None = None
    ) -> Any:  # asyncio gives one argument, the older form three
        self._has_begun = True
        return self._call.throw(kind if error is None else error)  # type: ignore[arg-type]

    def close(self) -> None:
        self._has_begun = True
        self._call.close()

    def __repr__(self) -> str:
        return f"nothing happened yet: write await in front of .{self._name}(…)"

    def __del__(self) -> None:
        if not self._has_begun:
            self._call.close()
            print(self, file=sys.stderr)


def awaited(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Awaited[T]]:
    """Let a coroutine function return an Awaited."""

    @functools.wraps(function)
    def call(*args: P.args, **named: P.kwargs) -> Awaited[T]:
        return Awaited(function(*args, **named), function.__name__)

    return call
