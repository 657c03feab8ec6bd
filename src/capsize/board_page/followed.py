"""The stack that a page shows: the one that was named, or the one that was started last, by any process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from capsize.errors import CapsizeError
from capsize.session import remote_control as control
from capsize.session.remote_control import ANSWERS_WITHIN, Remote
from capsize.ui.feed import LINES

LOOKS = ("listen", "snapshot", "urls", "marks", "logs")  # what a page may not send as an act


class Followed:
    """A stack of this user's, found anew at each look: it may go down, and come up again elsewhere."""

    def __init__(self, which: str | None = None) -> None:
        self.which = which

    def snapshot(self, last: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the board shows: the stack, or the ``last`` picture as down, where there is none now."""
        try:
            found: Mapping[str, Any] = self._stack().ask(do="snapshot", within=ANSWERS_WITHIN)
        except CapsizeError:
            return {**last, "state": "down"}
        return found

    def log(self, who: str, at: float | None = None) -> str:
        """Return the last lines of an instance, or those around a moment. Raise CapsizeError where it is gone."""
        return str(self._stack().ask(do="logs", who=who, lines=LINES, at=at, within=ANSWERS_WITHIN))

    def act(self, request: bytes) -> None:
        """Do what a click asks for, as JSON. Raise CapsizeError with words for the one who clicked."""
        try:
            words = json.loads(request)
        except ValueError as error:
            raise CapsizeError("this is not JSON", got=str(error)) from error
        if not isinstance(words, dict) or words.get("do") in LOOKS:
            raise CapsizeError("not an act of a board", got=repr(words))
        words.pop("within", None)
        self._stack().ask(**words)

    def _stack(self) -> Remote:
        """Find the stack. Raise CapsizeError where it is not up."""
        if self.which is not None:
            return control.choose(self.which)
        stacks = control.running()
        return stacks[-1] if stacks else control.choose()
