"""A load while it runs: answers per second and latency of the last minute, drawn as they come."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from capsize.ui.script import joined, style

if TYPE_CHECKING:
    from capsize.load.bucket import Bucket

LAST = 240  # buckets: a minute's worth
PERIOD = 0.2  # seconds between two sendings at the most


class Live(anywidget.AnyWidget):  # type: ignore[misc] # anywidget has no types
    """A load's live view. Folds into one line when the load is over; its text is the same on every run."""

    _esm = joined("live")
    _css = style()
    rows = traitlets.List().tag(sync=True)
    total = traitlets.Dict().tag(sync=True)

    def __init__(self, what: str, seconds: float | None = None) -> None:
        self._words = f"<live view of {what}>"
        self._last: deque[list[float | None]] = deque(maxlen=LAST)
        self._sums = {"sent": 0, "failed": 0}
        self._sent_at, self._before = 0.0, 0.0  # _before: the seconds of the runs before this one, in a sweep
        self._lock = threading.Lock()
        super().__init__(total={"what": what, "seconds": seconds, "over": False, **self._sums})

    def __repr__(self) -> str:
        return self._words

    def _repr_mimebundle_(self, **asked: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**asked)
        return {**data, "text/plain": self._words}, metadata

    def take(self, bucket: Bucket) -> None:
        """Show a bucket beside the ones before. From any thread."""
        with self._lock:
            self._last.append([self._at(bucket), bucket.rps, _rate_of_failures(bucket), bucket.p50_ms, bucket.p99_ms])
            self._sums = {"sent": self._sums["sent"] + bucket.sent, "failed": self._sums["failed"] + bucket.failed}
            if time.monotonic() - self._sent_at >= PERIOD:
                self._tell(over=False)

    def _at(self, bucket: Bucket) -> float:
        last = self._last[-1][0] if self._last else None
        if last is not None and bucket.at + self._before < last - bucket.seconds:
            self._before = last
        return bucket.elapsed + self._before

    def end(self, *, interrupted: bool = False) -> None:
        """Fold into a line: the load is over, or somebody ended it early."""
        with self._lock:
            self._tell(over=True, interrupted=interrupted)

    def _tell(self, *, over: bool, interrupted: bool = False) -> None:
        self._sent_at = time.monotonic()
        self.rows = list(self._last)
        self.total = {**self.total, "over": over, "interrupted": interrupted, **self._sums}


def _rate_of_failures(bucket: Bucket) -> float:
    return bucket.failed / bucket.seconds
