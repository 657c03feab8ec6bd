"""The stack that a lab, or somebody's own file, has up: at most one, and other terminals of this user see it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capsize.session.remote_control import Offer
    from capsize.session.running import RunningStack
    from capsize.stack.model import Stack


class OfferedStack:
    """A place for one running stack. ``stack`` is None while none is up."""

    def __init__(self) -> None:
        self.stack: RunningStack | None = None
        self._offer: Offer | None = None

    def start(self, model: Stack, **how: Any) -> RunningStack:
        """Start a stack as ``running.start`` does; one that is up must have been taken down."""
        from capsize.session import remote_control, running

        self.stack = running.start(model, **how)
        with contextlib.suppress(OSError):  # a stack that other terminals cannot see is still a stack
            self._offer = remote_control.offer(self.stack)
        return self.stack

    def down(self) -> None:
        """Take the stack down; nothing of it is left. Does nothing where none is up."""
        stack, self.stack = self.stack, None
        offer, self._offer = self._offer, None
        if offer is not None:
            offer.close()
        if stack is not None:
            stack.down()
