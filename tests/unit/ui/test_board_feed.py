"""The thread that feeds a board: when it looks, what it sends, and when it ends."""

from __future__ import annotations

import queue
import weakref

import pytest

from capsize.ui import feed as feeding
from capsize.ui.feed import Feed


@pytest.fixture
def shown():
    """The snapshots that were sent, to be awaited with a deadline."""
    return queue.Queue()


@pytest.fixture
def feed(stack, shown):
    """A feed of the stack; ended with the test."""
    feed = Feed(weakref.ref(stack), shown.put)
    yield feed
    feed.stop()


def test_first_look_is_sent_at_once(feed, shown):
    """A board shows its stack as soon as it is asked for."""
    feed.start()
    assert shown.get(timeout=2)["stack"] == "01_monolith"


def test_unchanged_picture_is_not_sent_again(feed, stack, shown):
    """Looks that see nothing new but the clock are not sent, until a sign of life is due."""
    feed.start()
    first = shown.get(timeout=2)
    assert shown.get(timeout=2)["seconds"] - first["seconds"] >= 2 * feeding.PERIOD


def test_unchanged_picture_is_sent_every_second(feed, shown):
    """A board can tell a quiet stack from a kernel that is gone."""
    feed.start()
    shown.get(timeout=2)
    assert shown.get(timeout=feeding.BEAT + 1)


def test_change_is_sent_by_the_next_look(feed, stack, shown):
    """A change is on the board a quarter of a second later."""
    feed.start()
    shown.get(timeout=2)
    stack.name = "another"
    assert shown.get(timeout=0.9)["stack"] == "another"


def test_stack_that_goes_down_ends_the_feed(feed, stack, shown):
    """The last picture says that the stack is down, and the thread is gone."""
    stack.state = "down"
    feed.start()
    feed.join(timeout=2)
    assert (shown.get(timeout=2)["state"], feed.is_alive()) == ("down", False)


def test_stack_that_nobody_holds_is_down(stack, shown):
    """A feed keeps no stack alive: one that is dropped is seen down."""
    feed = Feed(weakref.ref(stack), shown.put)
    feed._stack = lambda: None
    feed.run()
    assert shown.get(timeout=2)["state"] == "down"


def test_look_that_fails_is_told_and_tried_again(feed, stack, shown, monkeypatch):
    """A stack that cannot be read for a moment does not end the board."""
    monkeypatch.setattr(stack, "snapshot", lambda: 1 / 0)
    feed.start()
    assert "division by zero" in shown.get(timeout=2)["state"]
    monkeypatch.undo()
    assert shown.get(timeout=2)["state"] == "up"
