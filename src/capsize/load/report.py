"""What a load did: the one object that notebooks, checks, plots and files read."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from capsize.load.bucket import Bucket, Tally, merged
from capsize.load.latency import Latency

if TYPE_CHECKING:
    from capsize.load.picture import Picture
    from capsize.load.table import Table

BUSY = 0.9


class Little(NamedTuple):
    """Little's law from a run's own numbers.

    ``concurrency`` is ``throughput`` (answers per second) times ``latency`` (mean seconds of all answers);
    ``in_flight`` is the mean number of requests on their way, measured apart from both. They differ by what was on
    its way when the run began and ended.
    """

    throughput: float
    latency: float
    concurrency: float
    in_flight: float


@dataclass(frozen=True, repr=False)
class LoadReport:
    """What was offered, sent and answered, and how fast. Percentiles are of successes; failures have their own.

    The repr holds the run's settings and no measured number, and the notebook shows a picture: both are the same to
    nbval from run to run. Tables of figures (``show``, ``table``) are for cells that are tagged as changing.
    """

    users: int
    seconds: float
    rate: float | None
    ramp: float
    locustfile: str
    host: str
    started: str
    measured: float
    interrupted: bool
    buckets: tuple[Bucket, ...]
    marks: tuple[tuple[float, str], ...] = ()
    mistakes: Mapping[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        settings = {"users": self.users, "seconds": self.seconds, "rate": self.rate, "ramp": self.ramp or None}
        return f"LoadReport({', '.join(f'{name}={value:g}' for name, value in settings.items() if value is not None)})"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "image/png": base64.b64encode(self.plot()._repr_png_()).decode()}

    @cached_property
    def total(self) -> Bucket:
        """Give the whole run as one stretch."""
        return merged(self.buckets)

    @cached_property
    def per_second(self) -> tuple[Bucket, ...]:
        """Give the run second by second; the last may be shorter."""
        seconds: dict[int, list[Bucket]] = {}
        for bucket in self.buckets:
            seconds.setdefault(int(bucket.at + 1e-6), []).append(bucket)
        return tuple(merged(buckets) for buckets in seconds.values())

    @property
    def by_name(self) -> Mapping[str, Tally]:
        """Give what came back per request name, such as ``GET /orders``."""
        return self.total.requests

    @property
    def failing(self) -> tuple[str, ...]:
        """Name the requests of which one failed, or more."""
        return tuple(name for name, tally in self.by_name.items() if tally.failed)

    @property
    def closed(self) -> bool:
        """Tell whether users sent as soon as they had an answer: a stalled server is then offered nothing more."""
        return self.rate is None

    @property
    def offered(self) -> int:
        """Count what the run meant to send: the paced slots; in a closed loop, what was sent."""
        return self.total.offered

    @property
    def sent(self) -> int:
        return self.total.sent

    @property
    def not_sent(self) -> int:
        """Count what was offered and not sent. A closed loop cannot tell: always 0."""
        return self.total.not_sent

    @property
    def succeeded(self) -> int:
        return self.total.succeeded

    @property
    def failed(self) -> int:
        return self.total.failed

    @property
    def unanswered(self) -> int:
        """Count what was sent and had neither succeeded nor failed a quarter of a second after the end."""
        return max(0, self.sent - self.succeeded - self.failed)

    @property
    def reasons(self) -> Mapping[str, int]:
        """Give the failures by reason, the commonest first: ``503 Service Unavailable``, ``ConnectionRefusedError``."""
        return self.total.reasons

    @property
    def rps(self) -> float:
        """Give the answers per second, failures too."""
        return self.total.rps

    @property
    def goodput(self) -> float:
        """Give the successes per second."""
        return self.total.goodput

    @property
    def latency(self) -> Latency | None:
        return self.total.latency

    @property
    def p50_ms(self) -> float | None:
        return self.total.p50_ms

    @property
    def p90_ms(self) -> float | None:
        return self.total.p90_ms

    @property
    def p99_ms(self) -> float | None:
        return self.total.p99_ms

    @property
    def max_ms(self) -> float | None:
        return self.total.max_ms

    @property
    def saturated(self) -> bool:
        """Tell whether the load driver itself used over 90 % of a core in any second: figures are then its own."""
        return any(second.cpu > BUSY for second in self.per_second)

    def littles_law(self) -> Little:
        """Compare throughput times latency with the number of requests that were on their way."""
        total = self.total
        answered = [tally for tally in (total.tally.succeeded, total.tally.failed) if tally]
        count = sum(len(tally) for tally in answered)
        latency = sum(sum(tally) for tally in answered) / count / 1e6 if count else 0.0
        return Little(total.rps, latency, total.rps * latency, total.in_flight)

    def show(self) -> Table:
        """Sum the run up: what was offered, sent and answered, failures by reason, and what to keep in mind."""
        from capsize.load import table

        return table.overview(self)

    def table(self) -> Table:
        """List the figures per request name."""
        from capsize.load import table

        return table.by_name(self)

    def plot(self) -> Picture:
        """Draw throughput and latency over time, with failures and the stack's timeline."""
        from capsize.load.plot import plot

        return plot(self)

    def save(self, path: Path | str) -> Path:
        """Write everything that was measured as JSON; ``LoadReport.load`` reads it back, equal."""
        from capsize.load import storage

        return storage.save(self, Path(path))

    @staticmethod
    def load(path: Path | str) -> LoadReport:
        """Read a saved report."""
        from capsize.load import storage

        return storage.load(Path(path))

    def to_csv(self, path: Path | str) -> Path:
        """Write one row per second."""
        from capsize.load import storage

        return storage.to_csv(self, Path(path))

    def to_json(self) -> dict[str, Any]:
        """Give the sums as plain data, for scripts: no buckets, no single latencies."""
        from capsize.load import storage

        return storage.sums(self)
