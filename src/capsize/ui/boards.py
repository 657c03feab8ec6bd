"""One board for each running stack, however often it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from capsize.ui.board import Board

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

_boards: WeakKeyDictionary[RunningStack, Board] = WeakKeyDictionary()


def board_of(stack: RunningStack) -> Board:
    """Return the stack's board; show it as a cell's last line. It ends with the stack."""
    board = _boards.get(stack)
    if board is None:
        board = _boards[stack] = Board(stack)
    return board
