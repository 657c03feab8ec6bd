"""The figures of a wire, from readings as Envoy gives them."""

from __future__ import annotations

import pytest

from capsize.runtime.wires.envoy_config import BUCKETS_MS
from capsize.runtime.wires.stats import Stats

TIMER = "http.wire0.downstream_rq_time"


def reading(times_ms: list[float]) -> list[dict]:
    """Return what Envoy says after requests that took so long."""
    buckets = [{"upper_bound": b, "cumulative": sum(time <= b for time in times_ms)} for b in BUCKETS_MS]
    total = [{"name": "http.wire0.downstream_rq_total", "value": len(times_ms)}]
    return [*total, {"histograms": [{"name": TIMER, "buckets": buckets}]}]


@pytest.mark.parametrize(
    ("times", "least", "most"),
    [([90] * 10, 80, 100), ([90], 80, 100), ([1] * 6 + [900] * 4, 0, 1), ([1] * 4 + [900] * 6, 800, 1000)],
)
def test_a_median_lies_in_the_bucket_of_the_median(times: list[float], least: float, most: float):
    """A quantile lies within the bucket that holds it, also where the buckets before are empty."""
    figures = Stats()
    figures.read(reading([]))
    figures.read(reading(times))
    assert least <= figures.of("wire0", "http").p50_ms <= most


def test_without_traffic_there_is_no_quantile():
    """No request, no median: none is made up."""
    figures = Stats()
    figures.read(reading([]))
    figures.read(reading([]))
    assert figures.of("wire0", "http").p50_ms is None


def test_counters_that_begin_again_are_added_up():
    """A wire that was cut and healed counts from zero; its total goes on."""
    figures = Stats()
    for times in ([5] * 7, [], [5] * 3):
        figures.read(reading(times))
    assert figures.of("wire0", "http").requests == 10


@pytest.mark.parametrize(("protocol", "kind"), [("http", "http"), ("tcp", "tcp")])
def test_bytes_are_counted_both_ways(protocol: str, kind: str):
    """What the caller sent and what it got are totals, whatever the wire carries."""
    figures = Stats()
    for received, sent in ((100, 7), (300, 9)):
        counts = {"rx": received, "tx": sent}
        figures.read([{"name": f"{kind}.wire0.downstream_cx_{w}_bytes_total", "value": n} for w, n in counts.items()])
    stats = figures.of("wire0", protocol)
    assert (stats.bytes_in, stats.bytes_out) == (300, 9)


def test_another_life_of_envoy_is_added_in_full():
    """An Envoy that was started again has counted from zero, however much it has when it is first read."""
    figures = Stats()
    figures.read(reading([5] * 7), 1)
    figures.read(reading([5] * 9), 2)
    assert figures.of("wire0", "http").requests == 16
