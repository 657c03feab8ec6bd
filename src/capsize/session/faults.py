"""What you may do to an instance or an edge of a running stack, and how it heals.

A fault acts when it is made. It heals when its ``with`` block ends, or when ``heal`` is called; healing twice is
healing once, and healing a stack that is down does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from capsize.errors import CapsizeError
from capsize.runtime.wires.proxy import EdgeSetting
from capsize.stack.model import Edge


class Fault:
    """A fault that acts. Prints as what it is, for example ``shop-1 killed``."""

    def __init__(self, what: str, heal: Callable[[], None]) -> None:
        self.what, self.healed, self._heal = what, False, heal

    def heal(self) -> None:
        """Undo the fault; wait until it is undone."""
        if not self.healed:
            self.healed = True
            self._heal()

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.heal()

    def __repr__(self) -> str:
        return f"<{self.what}{', healed' if self.healed else ''}>"


def slow(edge: Edge, ms: float, percent: float) -> EdgeSetting:
    """Describe a delay: each of ``percent`` of the requests (TCP: connections) waits ``ms`` milliseconds."""
    _within(edge, "ms", ms, 1, 60_000)
    _within(edge, "percent", percent, 1, 100)
    return EdgeSetting("delay", ms=int(ms), percent=percent)


def failing(edge: Edge, status: int, percent: float) -> EdgeSetting:
    """Describe a failure: ``percent`` of the requests are answered with ``status`` and never arrive."""
    _http(edge)
    _within(edge, "status", status, 400, 599)
    _within(edge, "percent", percent, 1, 100)
    return EdgeSetting("fail", status=int(status), percent=percent)


def losing(edge: Edge, percent: float) -> EdgeSetting:
    """Describe a loss: ``percent`` of the requests arrive and are acted on, and their answers never come back."""
    _http(edge)
    _within(edge, "percent", percent, 1, 100)
    return EdgeSetting("lose", percent=percent)


def _http(edge: Edge) -> None:
    if edge.protocol == "tcp":
        raise CapsizeError(
            f"the edge {edge.name} carries TCP, which has no status",
            expected="an HTTP edge",
            next=f'cut it or slow it: stack.edge("{edge.caller}", "{edge.callee}").cut()',
        )


def _within(edge: Edge, name: str, value: float, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise CapsizeError(f"{name} of a fault on {edge.name}", expected=f"{least} to {most}", got=repr(value))
