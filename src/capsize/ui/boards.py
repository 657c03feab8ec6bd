"""One board for each running stack, however often it is asked for; beside a notebook it shows the next one, too."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from capsize.ui.board import Board

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

_boards: WeakKeyDictionary[RunningStack, Board] = WeakKeyDictionary()
_all: WeakSet[Board] = WeakSet()  # those of stacks that are gone, too


def board_of(stack: RunningStack) -> Board:
    """Return the stack's board; show it as a cell's last line. It ends with the stack."""
    board = _boards.get(stack)
    if board is None:
        board = _boards[stack] = Board(stack)
        _all.add(board)
    return board


def follow(stack: RunningStack) -> None:
    """Have boards that stand beside a notebook, and whose stack is down, show the one that is up now."""
    for board in [one for one in _all if one.is_beside and one.is_over]:
        board.follow(stack)
