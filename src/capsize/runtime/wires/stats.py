"""The figures of each wire, worked out from what Envoy counts: rates, quantiles, errors by reason.

Envoy's counters begin again when a wire was cut and healed, and its timers count whole milliseconds; both are dealt
with here: counters by their growth, quantiles by linear interpolation inside a bucket.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from capsize.runtime.wires.envoy_config import BUCKETS_MS

WINDOW = 2.0  # seconds over which rates and quantiles are taken
Counts = collections.Counter[str]
WAYS = {"bytes_in": "rx", "bytes_out": "tx"}  # as Envoy, which receives and transmits, calls them

REASONS = {
    "upstream_cx_none_healthy": "nobody ready",
    "upstream_cx_connect_fail": "cannot connect",
    "upstream_cx_connect_timeout": "connect timed out",
    "upstream_cx_destroy_remote_with_active_rq": "connection lost",
}


@dataclass(frozen=True)
class EdgeStats:
    """A wire's figures. Totals since the start; rps, error_rps, p50_ms and p99_ms over the last two seconds.

    Figures that the wire cannot have (requests over TCP, quantiles without traffic) are None.
    """

    requests: int | None = None
    errors: Mapping[str, int] = field(default_factory=dict)
    rps: float | None = None
    error_rps: float = 0.0
    p50_ms: float | None = None
    p99_ms: float | None = None
    in_flight: int | None = None
    connections: int = 0
    opened: int = 0  # connections since the start, over HTTP
    bytes_in: int = 0  # that the caller sent, and bytes_out that it got, whatever the protocol
    bytes_out: int = 0
    stale: bool = False  # the wires are away: these are the last figures that they gave


class Stats:
    """Readings of all wires, and the figures that follow from them."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._total: Counts = collections.Counter()
        self._recent: collections.deque[tuple[float, Counts]] = collections.deque()
        self._now: dict[str, int] = {}
        self._life = 0

    def read(self, stats: Iterable[Mapping[str, Any]], life: int = 0) -> None:
        """Take in one reading of Envoy's statistics, in the life that it has now: another one counts from zero."""
        if life != self._life:
            self._last, self._life = {}, life
        self._now = dict(_flatten(stats))
        growth = Counts({name: _growth(self._last.get(name, 0), value) for name, value in self._now.items()})
        self._last = self._now
        self._total.update(growth)
        now = time.monotonic()
        self._recent.append((now, +growth))
        while self._recent and now - self._recent[0][0] > WINDOW:
            self._recent.popleft()

    def of(self, wire: str, protocol: str) -> EdgeStats:
        """Return the figures of one wire by its name in Envoy."""
        window = sum((growth for _, growth in list(self._recent)[1:]), Counts())
        seconds = self._recent[-1][0] - self._recent[0][0] if len(self._recent) > 1 else 0.0
        errors = _errors(self._total, wire)
        recent_errors = sum(_errors(window, wire).values())
        error_rps = recent_errors / seconds if seconds else 0.0
        kind = "tcp" if protocol == "tcp" else "http"
        moved: dict[str, Any] = {
            way: self._total[f"{kind}.{wire}.downstream_cx_{short}_bytes_total"] for way, short in WAYS.items()
        }
        if protocol == "tcp":
            active = self._now.get(f"cluster.{wire}.upstream_cx_active", 0)  # tcp counts none that are open
            return EdgeStats(errors=errors, error_rps=error_rps, connections=active, **moved)
        requests = f"http.{wire}.downstream_rq_total"
        return EdgeStats(
            requests=self._total[requests],
            errors=errors,
            rps=window[f"http.{wire}.downstream_rq_completed"] / seconds if seconds else 0.0,
            error_rps=error_rps,
            p50_ms=_quantile(window, f"http.{wire}.downstream_rq_time", 0.50),
            p99_ms=_quantile(window, f"http.{wire}.downstream_rq_time", 0.99),
            in_flight=self._now.get(f"http.{wire}.downstream_rq_active", 0),
            connections=self._now.get(f"http.{wire}.downstream_cx_active", 0),
            opened=self._total[f"http.{wire}.downstream_cx_total"],
            **moved,
        )


def _growth(before: int, now: int) -> int:
    return now - before if now >= before else now


def _flatten(stats: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, int]]:
    for stat in stats:
        if isinstance(stat.get("value"), int):
            yield stat["name"], stat["value"]
        for histogram in stat.get("histograms", ()):
            if isinstance(histogram, Mapping):
                for bucket in histogram.get("buckets", ()):
                    yield f"{histogram['name']}<{bucket['upper_bound']:g}", bucket["cumulative"]


def _errors(counts: Mapping[str, int], wire: str) -> dict[str, int]:
    cluster = f"cluster.{wire}."
    found = {words: counts.get(cluster + name, 0) for name, words in REASONS.items()}
    prefix = cluster + "upstream_rq_5"
    codes = {"5" + name[len(prefix) :]: value for name, value in counts.items() if name.startswith(prefix)}
    found["503"] = max(0, codes.pop("503", 0) - sum(found.values()))
    found.update({code: value for code, value in codes.items() if code.isdigit()})
    found["answer lost"] = counts.get(f"http.{wire}.lua.executions", 0)
    found["fault"] = counts.get(f"http.{wire}.fault.aborts_injected", 0)
    return {reason: count for reason, count in found.items() if count}


def _quantile(counts: Mapping[str, int], name: str, share: float) -> float | None:
    """Return the quantile of a histogram of cumulative buckets, in its unit; None where nothing was counted."""
    buckets = [(float(bound), counts.get(f"{name}<{bound:g}", 0)) for bound in BUCKETS_MS]
    goal, below, floor = share * buckets[-1][1], 0, 0.0
    if not goal:
        return None
    for bound, count in buckets:
        if count >= goal:
            return round(floor + (bound - floor) * (goal - below) / (count - below), 1)
        below, floor = count, bound
    return floor
