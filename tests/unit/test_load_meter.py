"""How requests are counted into buckets."""

from __future__ import annotations

import pytest

from capsize.load.driver.meter import MOST_NAMES, OTHER, Meter


class Run:
    """A meter with a clock that the test sets, and what it said."""

    def __init__(self, seconds):
        self.now, self.said = 100.0, []
        self.meter = Meter(self.said.append, clock=lambda: self.now, cpu=lambda: self.now / 2)
        self.meter.begin(seconds)

    def at(self, second):
        self.now = 100.0 + second
        return self.meter

    def buckets(self):
        return [message for message in self.said if message["kind"] == "bucket"]


def one_request(run, start, end, reason=None, name="GET /"):
    """Let one request be in flight from start to end."""
    run.at(start).departed()
    run.at(end).landed()
    run.meter.answered(name, (end - start) * 1000, reason)


def finished(run, second):
    run.at(second).close()
    run.meter.end({})
    return run.buckets()


def test_request_counts_as_sent_where_it_starts_and_as_answered_where_it_ends():
    """A request that spans two buckets is sent in the first and answered in the second."""
    run = Run(0.5)
    one_request(run, 0.1, 0.3)
    first, second = finished(run, 0.5)
    assert (first["sent"], second["sent"]) == (1, 0)
    assert second["requests"] == {"GET /": [[200000], [], {}]}


def test_in_flight_is_integrated_exactly():
    """A request in flight for 0.15 s of a bucket of 0.25 s makes a mean of 0.6."""
    run = Run(0.5)
    one_request(run, 0.1, 0.3)
    assert [bucket["in_flight"] for bucket in finished(run, 0.5)] == pytest.approx([0.6, 0.2])


def test_quiet_stretches_are_buckets_too():
    """A second in which nothing happens is four buckets of zero."""
    run = Run(1.0)
    assert [bucket["sent"] for bucket in finished(run, 1.0)] == [0, 0, 0, 0]


def test_answers_after_the_end_belong_to_the_last_bucket():
    """A request under way when time is up still counts when its answer comes, and the clock stands still."""
    run = Run(0.5)
    run.at(0.4).departed()
    run.at(0.5).close()
    run.at(0.6).landed()
    run.meter.answered("GET /", 200, None)
    run.meter.end({})
    assert [len(bucket["requests"]) for bucket in run.buckets()] == [0, 1]
    assert run.said[-1]["seconds"] == pytest.approx(0.5)


def test_early_end_leaves_a_short_bucket():
    """An interruption in the middle of a bucket ends it there."""
    run = Run(5.0)
    assert [bucket["seconds"] for bucket in finished(run, 0.35)] == pytest.approx([0.25, 0.1])


def test_failures_are_grouped_by_reason():
    """Failures keep their latency and are counted by reason."""
    run = Run(0.25)
    for _ in range(2):
        one_request(run, 0.1, 0.1, reason="503 Service Unavailable")
    assert finished(run, 0.25)[0]["requests"] == {"GET /": [[], [0, 0], {"503 Service Unavailable": 2}]}


def test_names_without_end_are_put_together():
    """A file that gives each request a name of its own does not make a table without end."""
    run = Run(0.25)
    for number in range(MOST_NAMES + 5):
        run.at(0.1).answered(f"GET /orders/{number}", 1, None)
    assert len(finished(run, 0.25)[0]["requests"][OTHER][0]) == 5


def test_driver_says_what_it_used():
    """Each bucket holds the cores that the driver used in it."""
    assert [bucket["cpu"] for bucket in finished(Run(0.25), 0.25)] == pytest.approx([0.5])


def test_request_of_another_protocol_counts_from_its_end():
    """A request that was not seen to start counts as sent and as having been in flight."""
    run = Run(0.25)
    run.at(0.2).flew(0.1)
    bucket = finished(run, 0.25)[0]
    assert (bucket["sent"], bucket["in_flight"]) == (1, pytest.approx(0.4))
