"""The live view of a load, fed by buckets."""

from __future__ import annotations

from array import array

import pytest

from capsize.load.bucket import Bucket, Tally
from capsize.ui import live as viewing
from capsize.ui.live import Live


def bucket(number: int, succeeded: int = 5, failed: int = 0) -> Bucket:
    tally = Tally(array("I", [4000] * succeeded), array("I", [9000] * failed), {"503": failed} if failed else {})
    sent = succeeded + failed
    return Bucket(number / 4, 0.25, sent, sent, 1.0, 0.1, {"GET /": tally})


@pytest.fixture
def live():
    live = Live("load by 5 users", 10)
    yield live
    live.close()


def test_text_is_the_same_on_every_run(live):
    """nbval compares the view's text."""
    live.take(bucket(0))
    assert repr(live) == "<live view of load by 5 users>"


def test_bucket_becomes_a_row_of_rates(live):
    """A row has the second, answers and failures per second, p50 and p99."""
    live.take(bucket(0, succeeded=4, failed=1))
    live.end()
    assert live.rows == [[0.25, 20.0, 4.0, 4.0, 4.0]]


def test_totals_count_everything(live, monkeypatch):
    """Old buckets leave the charts, never the sums."""
    monkeypatch.setattr(viewing, "PERIOD", 0)
    for number in range(viewing.LAST + 10):
        live.take(bucket(number))
    assert (len(live.rows), live.total["sent"]) == (viewing.LAST, 5 * (viewing.LAST + 10))


def test_runs_of_a_sweep_follow_each_other(live, monkeypatch):
    """A second run begins where the first ended: time goes on."""
    monkeypatch.setattr(viewing, "PERIOD", 0)
    for number in (0, 1, 2, 3, 0, 1):
        live.take(bucket(number))
    assert [row[0] for row in live.rows] == [0.25, 0.5, 0.75, 1.0, 1.25, 1.5]


def test_end_folds_the_view(live):
    """When the load is over the view says so."""
    live.end()
    assert live.total["over"] is True
