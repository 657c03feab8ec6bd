"""What a report makes of its buckets."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from load_reports import bucket, report

from capsize.errors import CapsizeError
from capsize.load import LoadReport, compare, knee
from capsize.load.bucket import merged
from capsize.load.latency import percentile, summary

QUARTERS = (0.0, 0.25, 0.5, 0.75)


def by_counting(values, percent):
    """Find a percentile the slow way: the smallest value that enough values do not exceed."""
    enough = Fraction(len(values) * percent, 100)
    return min(value for value in values if sum(other <= value for other in values) >= enough)


@given(values=st.lists(st.integers(0, 10**6), min_size=1, max_size=200), percent=st.sampled_from([50, 90, 99]))
def test_percentiles_are_exact(values, percent):
    """A percentile is the value that counting finds."""
    assert percentile(sorted(values), percent) == by_counting(values, percent)


def test_latency_of_nothing_is_none():
    """Where nothing succeeded there is no latency, rather than one of zero."""
    assert summary([]) is None


def test_summary_is_in_milliseconds():
    """A hundred latencies of 1 to 100 ms have the percentiles that one expects."""
    latency = summary([1000 * number for number in range(100, 0, -1)])
    assert (latency.p50_ms, latency.p90_ms, latency.p99_ms, latency.max_ms) == (50, 90, 99, 100)
    assert latency.mean_ms == pytest.approx(50.5)


def test_total_adds_buckets_up():
    """The whole run is the sum of its buckets."""
    whole = report(*(bucket(at) for at in QUARTERS))
    assert (whole.sent, whole.succeeded, whole.rps) == (8, 8, 8.0)
    assert whole.latency.count == 8


def test_percentiles_of_the_whole_are_not_means_of_parts():
    """One slow bucket in a hundred requests shows in the p99 of the whole exactly as often as it was slow."""
    fast, slow = bucket(0.0, 98, [1000] * 98), bucket(0.25, 2, [900_000] * 2)
    assert report(fast, slow).p99_ms == 900


def test_seconds_are_four_buckets_and_the_last_may_be_short():
    """A run of 1.5 s has a second and a half."""
    whole = report(*(bucket(at / 4) for at in range(6)))
    assert [(second.at, second.seconds) for second in whole.per_second] == [(0.0, 1.0), (1.0, 0.5)]
    assert whole.failing == ()


def test_failures_do_not_make_latency_look_good():
    """Fast refusals are counted, by reason, and stay out of the latency of what succeeded."""
    refused = {"503 Service Unavailable": 3}
    whole = report(bucket(0.0, 5, [50_000] * 2, [100] * 3, refused))
    assert (whole.failed, whole.failing, dict(whole.reasons)) == (3, ("GET /",), refused)
    assert whole.p50_ms == 50
    assert whole.by_name["GET /"].latency_of_failures.p50_ms == 0.1


def test_closed_loop_offers_what_it_sends():
    """A closed loop cannot know what it did not send, and says so."""
    whole = report(bucket(0.0, sent=2))
    assert (whole.offered, whole.not_sent) == (2, 0)
    assert "hides stalls" in str(whole.show())


def test_paced_run_counts_what_was_not_sent():
    """Slots that passed are offered and not sent."""
    whole = report(bucket(0.0, sent=2, offered=25), rate=100.0)
    assert (whole.offered, whole.not_sent) == (25, 23)
    assert "hides stalls" not in str(whole.show())


def test_unanswered_is_what_is_left():
    """What was sent is succeeded, failed or unanswered."""
    assert report(bucket(0.0, sent=5)).unanswered == 3


def test_littles_law_compares_two_measurements():
    """Throughput times mean latency stands beside the number in flight that was measured apart."""
    law = report(*(bucket(at, 2, [250_000, 250_000]) for at in QUARTERS)).littles_law()
    assert law == pytest.approx((8.0, 0.25, 2.0, 1.0))


@pytest.mark.parametrize(("cpu", "saturated"), [(0.5, False), (0.95, True)])
def test_busy_driver_is_confessed(cpu, saturated):
    """A driver that used over 90 % of a core says that the figures are its own."""
    whole = report(*(bucket(at, cpu=cpu) for at in QUARTERS))
    assert whole.saturated is saturated
    assert ("driver's" in str(whole.show())) is saturated


def test_repr_holds_settings_alone():
    """The repr is the same for every run of the same settings, so that nbval can compare it."""
    first, second = report(bucket(0.0)), report(bucket(0.0, 9, [1] * 9))
    assert repr(first) == repr(second) == "LoadReport(users=2, seconds=1)"


def test_repr_names_rate_and_ramp_where_given():
    """A paced run says its rate."""
    assert repr(report(bucket(0.0), rate=100.0, ramp=0.5)) == "LoadReport(users=2, seconds=1, rate=100, ramp=0.5)"


def test_saved_report_is_read_back_equal(tmp_path):
    """Everything that was measured survives a file."""
    whole = report(
        bucket(0.0, 3, [1, 2], [3], {"404 Not Found": 1}), marks=((0.1, "shop-1 killed"),), mistakes={"a": 1}
    )
    assert LoadReport.load(whole.save(tmp_path / "folder" / "report.json")) == whole


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1}'])
def test_other_files_are_refused(tmp_path, text):
    """A file that is not a report is refused by name."""
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(CapsizeError, match=r"other\.json"):
        LoadReport.load(path)


def test_csv_has_a_row_per_second(tmp_path):
    """A run of two seconds is two rows, with failures and marks where they were."""
    whole = report(bucket(0.0), bucket(1.0, 1, [], [500], {"busy": 1}), marks=((1.1, "shop-1 killed"),))
    first, second = csv.DictReader(whole.to_csv(tmp_path / "report.csv").read_text().splitlines())
    assert [first[name] for name in ("sent", "p50_ms", "marks")] == ["2", "1.0", ""]
    assert [second[name] for name in ("failed", "p50_ms", "reasons", "marks")] == [
        "1",
        "",
        "busy=1",
        "1.1 shop-1 killed",
    ]


def test_comparison_has_ratios():
    """After divided by before, for each figure."""
    slow, fast = report(bucket(0.0, 2, [10_000, 10_000])), report(bucket(0.0, 4, [5_000] * 4))
    comparison = compare(slow, fast, labels=("naive", "yours"))
    assert (comparison.ratio("p99_ms"), comparison.ratio("goodput")) == (0.5, 2.0)
    assert "0.50 x" in str(comparison)
    assert "yours" in comparison._repr_html_()


def test_comparison_with_nothing_has_no_ratio():
    """A ratio to nothing is left out instead of being infinite."""
    assert compare(report(bucket(0.0)), report(bucket(0.0))).ratio("failed") is None


def test_html_is_escaped():
    """A reason from a server cannot put markup into a notebook."""
    whole = report(bucket(0.0, 1, [], [1], {"<script>": 1}))
    assert "<script>" not in whole.show()._repr_html_()


def test_knee_is_the_fewest_users_that_are_enough():
    """Beyond the knee more users add waiting and no throughput."""
    reports = [report(bucket(0.0, n, [1000] * n), users=users) for users, n in ((1, 10), (2, 19), (4, 21), (8, 22))]
    assert knee(reports).users == 2


def test_merged_keeps_means_by_time():
    """Means of stretches of different length are weighed by their length."""
    joined = merged([bucket(0.0, in_flight=4.0), bucket(0.25, seconds=0.75, in_flight=0.0)])
    assert joined.in_flight == pytest.approx(1.0)
