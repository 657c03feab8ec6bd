"""A queue over time: how many messages wait in it, and how long the oldest of them has waited."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capsize.load.picture import Picture


@dataclass(frozen=True)
class Look:
    """The queue at one moment: ``at`` in seconds since it was first looked at, and the age of its oldest in seconds."""

    at: float
    depth: int
    oldest: float


@dataclass(repr=False)
class Backlog:
    """Looks at one queue, in their order. ``name`` is the queue's; the repr holds no measured number."""

    name: str
    looks: list[Look] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"Backlog({self.name!r})"

    @property
    def deepest(self) -> int:
        """The most messages that were in it at a moment."""
        return max((look.depth for look in self.looks), default=0)

    @property
    def oldest(self) -> float:
        """The longest that a message was in it, in seconds."""
        return max((look.oldest for look in self.looks), default=0.0)

    @property
    def drained(self) -> float:
        """The seconds from the first message to the last: for so long it was not empty. 0 where it always was."""
        busy = [look.at for look in self.looks if look.depth]
        return busy[-1] - busy[0] if busy else 0.0

    def plot(self) -> Picture:
        """Draw what waits, and the age of the oldest, over time."""
        from capsize.load.plot import plot_backlog

        return plot_backlog(self)
