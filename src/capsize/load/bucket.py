"""What happened in a stretch of a run: 250 ms as it is measured, a second, or the whole."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from capsize.load.latency import Latency, summary


def _microseconds(values: Iterable[int] = ()) -> array[int]:
    return array("I", values)


@dataclass(frozen=True)
class Tally:
    """What came back under one name: latencies in microseconds, and how often each reason was given for a failure."""

    succeeded: array[int] = field(default_factory=_microseconds)
    failed: array[int] = field(default_factory=_microseconds)
    reasons: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def latency(self) -> Latency | None:
        """Summarise the latencies of what succeeded; a refusal that came fast does not make a shop fast."""
        return summary(self.succeeded)

    @cached_property
    def latency_of_failures(self) -> Latency | None:
        """Summarise how long failures took."""
        return summary(self.failed)

    @property
    def answered(self) -> int:
        return len(self.succeeded) + len(self.failed)


def together(tallies: Iterable[Tally]) -> Tally:
    """Add tallies up."""
    succeeded, failed, reasons = _microseconds(), _microseconds(), Counter[str]()
    for tally in tallies:
        succeeded.extend(tally.succeeded)
        failed.extend(tally.failed)
        reasons.update(tally.reasons)
    return Tally(succeeded, failed, dict(reasons.most_common()))


@dataclass(frozen=True)
class Bucket:
    """A stretch that starts ``at`` seconds into the run and is ``seconds`` long.

    A request counts as sent where it started and as answered where it ended. ``in_flight`` is the mean number of
    requests on their way; ``cpu`` is what the load driver itself used, in cores.
    """

    at: float
    seconds: float
    offered: int
    sent: int
    in_flight: float
    cpu: float
    requests: Mapping[str, Tally]

    @property
    def elapsed(self) -> float:
        """Give the second of the run at which this stretch ends."""
        return self.at + self.seconds

    @cached_property
    def tally(self) -> Tally:
        return together(self.requests.values())

    @property
    def succeeded(self) -> int:
        return len(self.tally.succeeded)

    @property
    def failed(self) -> int:
        return len(self.tally.failed)

    @property
    def reasons(self) -> Mapping[str, int]:
        """Give the failures by reason, the commonest first."""
        return self.tally.reasons

    @property
    def not_sent(self) -> int:
        """Count what was offered and not sent. Always 0 in a closed loop, which offers what it sends."""
        return max(0, self.offered - self.sent)

    @property
    def rps(self) -> float:
        """Give the answers per second, failures too."""
        return self.tally.answered / self.seconds

    @property
    def goodput(self) -> float:
        """Give the successes per second."""
        return self.succeeded / self.seconds

    @property
    def latency(self) -> Latency | None:
        return self.tally.latency

    @property
    def p50_ms(self) -> float | None:
        return self.latency.p50_ms if self.latency else None

    @property
    def p90_ms(self) -> float | None:
        return self.latency.p90_ms if self.latency else None

    @property
    def p99_ms(self) -> float | None:
        return self.latency.p99_ms if self.latency else None

    @property
    def max_ms(self) -> float | None:
        return self.latency.max_ms if self.latency else None


def merged(buckets: Sequence[Bucket]) -> Bucket:
    """Join neighbouring stretches into one."""
    seconds = sum(bucket.seconds for bucket in buckets)
    names = dict.fromkeys(name for bucket in buckets for name in bucket.requests)
    return Bucket(
        at=buckets[0].at,
        seconds=seconds,
        offered=sum(bucket.offered for bucket in buckets),
        sent=sum(bucket.sent for bucket in buckets),
        in_flight=sum(bucket.in_flight * bucket.seconds for bucket in buckets) / seconds,
        cpu=sum(bucket.cpu * bucket.seconds for bucket in buckets) / seconds,
        requests={name: together(b.requests[name] for b in buckets if name in b.requests) for name in names},
    )


def from_message(message: Mapping[str, Any], offered: int | None = None) -> Bucket:
    """Make a bucket of what the driver wrote; ``offered`` is None in a closed loop."""
    requests = {
        name: Tally(_microseconds(succeeded), _microseconds(failed), reasons)
        for name, (succeeded, failed, reasons) in message["requests"].items()
    }
    numbers = {key: message[key] for key in ("at", "seconds", "sent", "in_flight", "cpu")}
    return Bucket(offered=message["sent"] if offered is None else offered, requests=requests, **numbers)


def to_message(bucket: Bucket) -> dict[str, Any]:
    """Make of a bucket what ``from_message`` reads, with what was offered."""
    return {
        "at": bucket.at,
        "seconds": bucket.seconds,
        "offered": bucket.offered,
        "sent": bucket.sent,
        "in_flight": bucket.in_flight,
        "cpu": bucket.cpu,
        "requests": {
            name: [list(tally.succeeded), list(tally.failed), dict(tally.reasons)]
            for name, tally in bucket.requests.items()
        },
    }
