"""What a stack's timeline tells, and of whom."""

from __future__ import annotations

import pytest

from capsize.runtime.control.timeline import Timeline


@pytest.fixture
def timeline() -> Timeline:
    """A timeline in which two services and a wire had something."""
    told = Timeline()
    for who, what in (("shop-1", "ready"), ("shop-12", "ready"), ("front-desk-1", "ready"), ("shop>db", "cut")):
        told.tell(who, what)
    return told


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ((), ["shop-1", "shop-12", "front-desk-1"]),
        (("shop",), ["shop-1", "shop-12"]),
        (("shop-1", "front-desk"), ["shop-1", "front-desk-1"]),
        (("desk",), []),
    ],
)
def test_events_are_told_by_service_or_instance(timeline, who, names):
    """A kind of event is listed for everybody, for a service's instances, or for one instance."""
    assert [event.who for event in timeline.told("ready", *who)] == names


def test_events_of_a_wire_are_told_by_its_name(timeline):
    """What was done to a wire is found under the wire's name."""
    assert [event.what for event in timeline.told("cut", "shop>db")] == ["cut"]
