"""When users may send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsize.load.driver.pace import Pace, Schedule


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def sent_by(plan, number, seconds, answer_after=0.0):
    """Simulate one user: the seconds at which it sends, when each answer takes ``answer_after``."""
    clock = Clock()
    pace, times = Pace(plan, clock, clock.sleep), []
    pace.admitted = number
    pace.admit(0.0, "user")
    while clock.now < seconds - 1e-9:
        times.append(clock.now)
        pace.count("user")
        clock.sleep(answer_after)
        clock.sleep(pace.wait("user"))
    return times


def test_offered_is_rate_times_seconds():
    """Without a ramp, what is offered adds up to the rate."""
    assert Schedule(20, 100.0, 0.0).offered(2.0, 0.25) == [25] * 8


def test_offered_grows_evenly_over_the_ramp():
    """While users join, each quarter of the ramp offers more than the one before, and then the full rate is kept."""
    offered = Schedule(500, 300.0, 2.0).offered(3.0, 0.5)
    assert offered == sorted(offered)
    assert offered[-2:] == [150, 150]


@given(users=st.integers(1, 40), rate=st.floats(1, 200), ramp=st.floats(0, 2), seconds=st.floats(0.25, 4))
def test_users_send_what_is_offered(users, rate, ramp, seconds):
    """When answers come at once, the users together send exactly the slots that the plan counts, give or take one."""
    plan = Schedule(users, rate, ramp)
    sent = sum(len(sent_by(plan, number, seconds)) for number in range(users))
    assert abs(sent - sum(plan.offered(seconds, 0.25))) <= 1


def test_slow_answers_lose_slots():
    """A user whose answers take three intervals sends a third of its slots."""
    assert len(sent_by(Schedule(1, 10.0, 0.0), 0, 3.0, answer_after=0.3)) == 10


def test_slightly_slow_answers_lose_few_slots():
    """A user whose answers take a little more than its interval loses few slots, not every second one."""
    assert len(sent_by(Schedule(1, 10.0, 0.0), 0, 10.0, answer_after=0.101)) >= 98


def test_late_user_returns_to_its_own_slots():
    """After a stall a user sends once at once, then at its own slots again, out of step with the others."""
    clock = Clock()
    pace = Pace(Schedule(1, 10.0, 0.0), clock, clock.sleep)
    pace.admit(0.0, "user")
    pace.count("user")
    clock.sleep(0.57)
    assert pace.wait("user") == 0.0
    pace.count("user")
    assert pace.wait("user") == pytest.approx(0.03)


def test_requests_and_not_tasks_are_paced():
    """A task of three requests uses three slots."""
    clock = Clock()
    pace = Pace(Schedule(1, 10.0, 0.0), clock, clock.sleep)
    pace.admit(0.0, "user")
    for _ in range(3):
        pace.count("user")
    assert pace.wait("user") == pytest.approx(0.3)


def test_task_that_sends_nothing_leaves_its_slot():
    """A task with nothing to do does not lower the rate: the next one sends in its place, a moment later."""
    clock = Clock()
    pace = Pace(Schedule(1, 10.0, 0.0), clock, clock.sleep)
    pace.admit(0.0, "user")
    assert 0 < pace.wait("user") < 0.01


def test_closed_loop_never_waits():
    """Without a rate a user sends as soon as it has its answer."""
    assert sent_by(Schedule(4, None, 0.0), 3, 0.5, answer_after=0.1) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


@given(users=st.integers(1, 2000))
def test_every_user_joins_at_a_moment_of_its_own(users):
    """The users of a ramp join one after the other, whatever their number."""
    plan = Schedule(users, None, float(users))
    assert sorted(round(plan.starts(number)) for number in range(users)) == list(range(users))
