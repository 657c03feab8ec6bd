"""Loads on a real server: closed and paced, with a stall, with failures, with nobody there."""

from __future__ import annotations

import socket
import sys
import time

import pytest

from capsize.load import knee, run, run_blocking, sweep_blocking


def test_closed_loop_accounts_for_every_request(target, shop):
    """What was sent succeeded, and each user sends again as soon as it has its answer."""
    report = run_blocking(shop(), target.host, users=5, seconds=1)
    assert (report.failed, report.unanswered, report.not_sent) == (0, 0, 0)
    assert report.sent == report.succeeded > 5 * 10
    assert report.measured == pytest.approx(1.0)


def test_paced_run_keeps_its_rate(target, shop):
    """With time to spare, at least 95 % of what is offered is sent, and never more than all of it."""
    report = run_blocking(shop(), target.host, users=10, seconds=2, rate=60)
    assert report.offered == 120
    assert 0.95 <= report.sent / report.offered <= 1.0


def test_paced_run_is_even_from_its_start(target, shop):
    """Users who log in first send no faster at the start, and leave no gap after it: a login takes a slot."""
    before = "class LogsIn:\n    def on_start(self):\n        self.client.get('/login')"
    file = shop(before=before, user="LogsIn, FastHttpUser")
    report = run_blocking(file, target.host, users=20, seconds=2, rate=40)
    halves = [sum(bucket.sent for bucket in report.buckets[at : at + 2]) for at in range(0, 8, 2)]
    assert [sent for sent in halves if not 10 < sent < 30] == [], f"20 are due in each half second: {halves}"


def test_warm_up_is_sent_and_not_measured(target, shop, tmp_path):
    """With half a second to warm up at sixty a second, some twenty requests or more go before those of the report."""
    sent = tmp_path / "sent"
    task = f"self.client.get('/')\nwith open({str(sent)!r}, 'a') as file: file.write('x')"
    report = run_blocking(shop(task), target.host, users=6, seconds=1, rate=60, warm=0.5)
    assert report.offered == 60
    assert len(sent.read_text()) - report.succeeded >= 20


def test_paced_rate_is_of_requests(target, shop):
    """A task of three requests does not triple the rate."""
    three = "for path in ('/a', '/b', '/c'): self.client.get(path)"
    report = run_blocking(shop(three), target.host, users=6, seconds=2, rate=60)
    assert 0.9 <= report.sent / report.offered <= 1.15
    assert sorted(report.by_name) == ["GET /a", "GET /b", "GET /c"]


def test_tasks_that_send_nothing_do_not_lower_the_rate(target, shop):
    """A file whose tasks have nothing to send half of the time still sends what is offered."""
    task = """
    self.tries = getattr(self, "tries", 0) + 1
    if self.tries % 2:
        self.client.get("/")
    """
    report = run_blocking(shop(task), target.host, users=6, seconds=1, rate=60)
    assert 0.9 <= report.sent / report.offered <= 1.0


def test_stall_shows_as_offered_and_not_sent(target, shop):
    """A server that stands still for half of a paced run costs at least a third of what was offered."""
    pause = target.paused(0.5, 1.5)
    report = run_blocking(shop(), target.host, users=5, seconds=2, rate=100, on_bucket=pause)
    assert report.not_sent > report.offered / 3


def test_closed_loop_hides_a_stall(target, shop):
    """In a closed loop the same stall touches one request per user: p90 does not show it, the maximum does."""
    pause = target.paused(0.5, 1.5)
    report = run_blocking(shop(), target.host, users=2, seconds=2, on_bucket=pause)
    assert report.not_sent == 0
    assert report.max_ms > 5 * report.p90_ms


def test_in_flight_agrees_with_littles_law(target, shop):
    """Throughput times latency is the number in flight, within a tenth, when both are measured apart."""
    report = run_blocking(shop("self.client.get('/?ms=50')"), target.host, users=4, seconds=2)
    law = report.littles_law()
    assert law.concurrency == pytest.approx(law.in_flight, rel=0.1)
    assert 1 < law.in_flight <= 4


def test_failures_are_grouped_by_reason(target, shop):
    """A status has its phrase, a failure that the file declares has the file's words."""
    task = """
    self.client.get("/busy")
    self.client.get("/missing")
    with self.client.get("/", name="/lantern", catch_response=True) as response:
        response.failure("no lantern")
    """
    report = run_blocking(shop(task), target.host, users=2, seconds=0.5)
    assert set(report.reasons) == {"503 Service Unavailable", "404 Not Found", "no lantern"}
    assert report.failed == sum(report.reasons.values()) == report.sent


def test_server_that_is_down_is_a_report_of_failures(shop):
    """When nobody listens, every request failed, and the reason says so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
    report = run_blocking(shop(), host, users=2, seconds=0.5)
    assert list(report.reasons) == ["ConnectionRefusedError"]
    assert (report.succeeded, report.p99_ms) == (0, None)


def test_slow_answers_are_unanswered_at_the_end(target, shop):
    """A request that has no answer a quarter of a second after the end is neither a success nor a failure."""
    report = run_blocking(shop("self.client.get('/?ms=5000')"), target.host, users=3, seconds=0.5)
    assert (report.sent, report.unanswered) == (3, 3)


def test_users_join_over_the_ramp(target, shop):
    """With a ramp, no more than half of the users have sent anything at half of it, and all have in the end."""
    report = run_blocking(shop("self.client.get('/?ms=5000')"), target.host, users=8, seconds=1, ramp=0.5)
    assert report.buckets[0].sent <= 4
    assert report.sent == 8


def test_users_that_are_done_end_the_run(target, shop):
    """A file whose users stop by themselves ends the run early, and that is no interruption."""
    report = run_blocking(
        shop("self.client.get('/'); raise StopUser", before="from locust.exception import StopUser"),
        target.host,
        users=7,
        seconds=30,
    )
    assert (report.sent, report.interrupted) == (7, False)
    assert report.measured < 10


@pytest.mark.parametrize("user", ["FastHttpUser", "HttpUser"])
def test_start_and_other_clients_count(target, shop, user):
    """Requests of on_start count, whichever HTTP client the file uses."""
    file = shop(user=user)
    file.write_text(file.read_text() + "    def on_start(self): self.client.post('/login')\n")
    report = run_blocking(file, target.host, users=3, seconds=0.5)
    assert report.by_name["POST /login"].answered == 3
    assert report.sent == report.succeeded


def test_other_protocols_count(target, shop):
    """A user that is not HTTP reports its requests through Locust's event, and they count."""
    task = """
    with self.environment.events.request.measure("GRPC", "reserve"):
        time.sleep(0.02)
    """
    report = run_blocking(shop(task, user="User"), target.host, users=2, seconds=1)
    law = report.littles_law()
    assert report.sent == report.by_name["GRPC reserve"].answered > 0
    assert law.concurrency == pytest.approx(law.in_flight, rel=0.1)


def test_marks_are_seconds_of_the_run(target, shop):
    """What happened while the run went on is marked at its second; what happened before is not."""
    happened = [(time.monotonic(), "before")]

    def on_bucket(bucket):
        if bucket.elapsed == 0.5:
            happened.append((time.monotonic(), "shop-1 killed"))

    report = run_blocking(shop(), target.host, users=1, seconds=1, on_bucket=on_bucket, marks=lambda: happened)
    assert [text for _, text in report.marks] == ["shop-1 killed"]
    assert 0.5 <= report.marks[0][0] < 1


@pytest.mark.anyio
async def test_buckets_arrive_while_the_run_goes_on(target, shop):
    """An awaited run hands out a bucket every quarter of a second, while it runs."""
    arrived = []
    report = await run(
        shop(), target.host, users=2, seconds=1.1, on_bucket=lambda bucket: arrived.append((time.monotonic(), bucket))
    )
    assert [bucket.elapsed for _, bucket in arrived] == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.1])
    assert sum(bucket.sent for _, bucket in arrived) == report.sent
    assert arrived[3][0] - arrived[0][0] > 0.25


def test_work_of_the_driver_is_measured(target, shop):
    """What the file itself computes is counted as the driver's, at least the 20 ms that each of its tasks takes."""
    task = """
    until = time.process_time() + 0.02
    while time.process_time() < until: pass
    self.client.get("/")
    """
    report = run_blocking(shop(task), target.host, users=2, seconds=1)
    assert report.total.cpu * report.measured > 0.9 * 0.02 * (report.sent - 2)


def test_sweep_runs_each_step(target, shop):
    """A sweep has a report per step, in order, and a knee among them."""
    steps = []
    reports = sweep_blocking(
        shop("self.client.get('/?ms=20')"), target.host, users=(1, 4), seconds=0.5, on_step=steps.append
    )
    assert [report.users for report in reports] == [1, 4]
    assert steps == reports
    assert knee(reports).users == 4


def test_locust_stays_in_its_own_process():
    """The process that asks for a load never imports Locust or gevent."""
    assert not {"locust", "gevent"} & set(sys.modules)
