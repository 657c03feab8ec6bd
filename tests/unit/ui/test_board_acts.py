"""What a click does on the kernel's side: it never waits, never gets lost, and keeps no stack up."""

from __future__ import annotations

import gc
import time
import weakref
from types import SimpleNamespace

import pytest

from capsize.ui.board import Board, let_clicks_pass
from capsize.ui.boards import board_of, follow


@pytest.fixture
def board(stack):
    board = Board(stack)
    yield board
    board.close()


def awaited(condition, seconds=3.0):
    """Wait for a condition; say whether it came."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def click(board, **message):
    board._handle_custom_msg(message, [])


def test_text_is_the_same_on_every_run(board):
    """nbval compares a board's text: it names the stack and its services, and nothing that changes."""
    assert repr(board) == "<Board of 01_monolith: shop, db>"
    assert board._repr_mimebundle_()[0]["text/plain"] == repr(board)


def test_bundle_holds_text_and_widget_only(board):
    """A saved notebook gets no HTML that another run would change."""
    assert set(board._repr_mimebundle_()[0]) == {"text/plain", "application/vnd.jupyter.widget-view+json"}


def test_click_reaches_the_stack(board, stack):
    """What was clicked is done, with nothing added."""
    click(board, do="delay", edge="outside>shop", ms=300, percent=50, more="not asked for")
    assert awaited(lambda: stack.acts == [{"do": "delay", "edge": "outside>shop", "ms": 300, "percent": 50}])


def test_kill_does_not_wait_behind_a_stop(board, stack):
    """An act that takes its time holds up no other."""
    stack.held.clear()
    click(board, do="stop", who="shop-1")
    click(board, do="kill", who="shop-1")
    assert awaited(lambda: stack.acts == [{"do": "kill", "who": "shop-1"}])
    stack.held.set()


def test_refused_act_is_told(board):
    """The runtime's words reach the board."""
    click(board, do="kill", who="shop-9")
    assert awaited(lambda: board.picture.get("notices"))
    assert "expected: shop-1 or db-1" in board.picture["notices"][0]["words"]


def test_only_the_last_refusals_are_kept(board):
    """A board does not drown in its own messages."""
    for _ in range(5):
        click(board, do="kill", who="shop-9")
    assert awaited(lambda: [notice["id"] for notice in board.picture.get("notices", [])] == [3, 4, 5])


def test_click_after_the_stack_is_gone_is_told(stack):
    """A board outlives its stack and says so."""
    board = Board(stack)
    board._stack = lambda: None
    board._feed.stop()
    board._act({"do": "kill", "who": "shop-1"})
    assert "the stack is down" in board._notices[0]["words"]


def test_message_that_is_no_act_is_ignored(board, stack):
    """Nothing but an act in an object is acted on."""
    board._asked(board, "kill everything", [])
    assert stack.acts == []


def test_board_keeps_no_stack_up(stack):
    """A stack that nobody else holds goes away under its board."""
    dropped = type(stack)()
    seen, board = weakref.ref(dropped), Board(dropped)
    del dropped
    assert awaited(lambda: gc.collect() is not None and seen() is None)
    assert awaited(lambda: board.picture["snapshot"]["state"] == "down")


def test_stack_has_one_board(stack):
    """Asking again shows the same board: one thread looks, however often it is shown."""
    assert board_of(stack) is board_of(stack)


def test_board_beside_its_notebook_shows_the_next_stack(stack):
    """When its stack is down, it shows the one that is up, and acts on that; a board within the notebook does not."""
    third, another = type(stack)(), type(stack)()
    beside, within = board_of(stack), board_of(third)
    click(beside, do="stay")
    follow(another)
    assert another.looks == 0  # its own is up
    stack.state = "down"
    follow(another)
    assert awaited(lambda: another.looks)
    click(beside, do="kill", who="shop-1")
    assert awaited(lambda: another.acts == [{"do": "kill", "who": "shop-1"}])
    third.state = "down"
    follow(another)
    assert within.is_over
    for board in (beside, within):
        board.close()


def test_clicks_are_heard_while_a_cell_blocks():
    """ipykernel is told not to hand the board's messages to the shell that the cell holds."""

    class Comm:
        def _reply_subshell_for(self, data, default):
            return None

    widget = SimpleNamespace(comm=Comm())
    let_clicks_pass(widget)
    assert widget.comm._reply_subshell_for is None


def test_log_is_shown_while_somebody_reads_it(board, stack):
    """Asked for, the last lines come with each picture; asked for nobody's, or somebody's who is gone, none do."""
    click(board, do="log", who="shop-1")
    assert awaited(lambda: board.picture.get("log") == {"who": "shop-1", "at": None, "lines": ["ready", "served"]})
    click(board, do="log", who="shop-1", at=1.5)
    around = {"who": "shop-1", "at": 1.5, "lines": ["ready", "1.5 s", "served"]}
    assert awaited(lambda: board.picture.get("log") == around)
    click(board, do="log", who="shop-9")
    assert awaited(lambda: board.picture.get("log") is None)
    click(board, do="log", who="")
    assert awaited(lambda: board.picture.get("log") is None)
    assert stack.acts == []
