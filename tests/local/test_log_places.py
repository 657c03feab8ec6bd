"""From an event to what an instance wrote around that moment."""

from __future__ import annotations

import pytest

import capsize
from capsize.runtime.control.timeline import Timeline
from capsize.session.log_places import LogPlaces


@pytest.fixture
def log(tmp_path):
    """The log of boat-1, and a timeline whose events keep their places in it."""
    file = tmp_path / "boat-1.log"
    file.write_text("")
    return file


@pytest.fixture
def places(log):
    return LogPlaces(lambda who: log if who == "boat-1" else None)


def test_moment_is_marked_between_what_was_written_before_and_after(log, places):
    """The lines before an event and those after it are on their own sides of a mark, the nearest ones."""
    timeline = Timeline(clock=iter([0.0, 7.0, 8.0]).__next__)
    timeline.listeners.append(places.note)
    log.write_text("".join(f"before {number}\n" for number in range(30)))
    event = timeline.tell("boat-1", "killed")
    with log.open("a") as file:
        file.writelines(f"after {number}\n" for number in range(30))
    expected = ["before 28", "before 29", "──── 7.0 s ────", "after 0", "after 1"]
    assert places.around("boat-1", event.at, 4) == expected


def test_moment_before_anybody_looked_shows_what_was_written_first(log, places):
    """Of an event that nobody noted there are the log's first lines, and no mark that would be wrong."""
    log.write_text("first\nsecond\nthird\nfourth\n")
    assert places.around("boat-1", 0.2, 4) == ["first", "second"]


def test_who_has_no_log_has_no_lines(places):
    """An arrow, or an instance that is gone, has nothing to show."""
    assert places.around("shop>db", 1.0, 10) == []


def test_log_of_a_running_stack_is_found_by_its_event(small):
    """An instance that is killed has its death marked in its log: what it said before, and what its successor says."""
    with capsize.lab(1, code="solutions") as stack:
        stack.instance("boat-1").kill()
        killed = stack.timeline.told("killed", "boat-1")[-1]
        lines = stack.logs("boat-1", 20, killed.at).splitlines()
        mark = lines.index(f"──── {killed.at:.1f} s ────")
        assert any("uvicorn" in line.lower() or "startup" in line.lower() for line in lines[:mark])
