"""The board: a running stack's picture in a notebook, live, with the means to break what it shows.

One daemon thread feeds it; a click only starts a thread that acts. It holds its stack weakly: a board keeps nothing up.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from capsize.errors import CapsizeError
from capsize.ui.feed import LINES, Feed
from capsize.ui.script import joined, style

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

KEPT = 3  # notices that are still shown
ASKED = ("do", "who", "edge", "ms", "status", "percent")


class Board(anywidget.AnyWidget):  # type: ignore[misc] # anywidget has no types
    """A stack's board. Its text is the same on every run; what moves is drawn in the browser.

    ``is_beside`` says that somebody has put it beside the notebook, to see whatever is up.
    """

    _esm = joined("board")
    _css = style()
    picture = traitlets.Dict().tag(sync=True)

    def __init__(self, stack: RunningStack) -> None:
        self._words = f"<Board of {stack.name}: {', '.join(stack.model.services)}>"
        self._stack = weakref.ref(stack)
        self.is_beside = False
        self._numbers = itertools.count(1)
        self._notices: list[dict[str, Any]] = []
        self._logged: tuple[str, float | None] = "", None  # the instance whose log is shown, and around when
        super().__init__()
        self.on_msg(self._asked)
        let_clicks_pass(self)
        self._feed = Feed(self._stack, self._show)
        self._feed.start()

    def __repr__(self) -> str:
        return self._words

    def _repr_mimebundle_(self, **asked: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**asked)
        return {**data, "text/plain": self._words}, metadata

    @property
    def is_over(self) -> bool:
        """Whether its stack is down."""
        stack = self._stack()
        return stack is None or stack.state == "down"

    def follow(self, stack: RunningStack) -> None:
        """Show another stack from now on."""
        self._feed.stop()
        self._stack, self._logged = weakref.ref(stack), ("", None)
        self._feed = Feed(self._stack, self._show)
        self._feed.start()

    def close(self) -> None:
        """End the feed and leave the notebook."""
        self._feed.stop()
        super().close()

    def _show(self, snapshot: Mapping[str, Any]) -> None:
        self.picture = {"snapshot": dict(snapshot), "notices": list(self._notices), "log": self._log()}

    def _log(self) -> dict[str, Any] | None:
        """Return the last lines of the log that somebody reads; None where nobody does, or it is gone."""
        stack, (who, at) = self._stack(), self._logged
        try:
            return {"who": who, "at": at, "lines": stack.logs(who, LINES, at).splitlines()} if stack and who else None
        except CapsizeError:
            return None

    def _asked(self, _: Any, message: Any, __: Any) -> None:
        """Act in a thread of its own: a kill must not wait behind a stop that takes its time."""
        if isinstance(message, dict) and message.get("do") == "log":
            self._logged = str(message.get("who") or ""), message.get("at")
            self._feed.wake()
        elif isinstance(message, dict) and message.get("do") == "stay":
            self.is_beside = True
        elif isinstance(message, dict):
            request = {name: message[name] for name in ASKED if name in message}
            threading.Thread(target=self._act, args=(request,), name="capsize-act", daemon=True).start()

    def _act(self, request: dict[str, Any]) -> None:
        try:
            stack = self._stack()
            if stack is None:
                raise CapsizeError("the stack is down", next="start it: up()")
            stack.act(request)
        except Exception as error:  # whatever it is, the one who clicked must read it
            self._tell(f"{request.get('do')} {request.get('who') or request.get('edge')}: {error or type(error)}")
        self._feed.wake()

    def _tell(self, words: str) -> None:
        self._notices = [*self._notices, {"id": next(self._numbers), "words": words}][-KEPT:]


def let_clicks_pass(widget: Any) -> None:
    """Let a widget hear the browser while a cell blocks, where the frontend has a subshell for it (JupyterLab does).

    ipykernel hands a comm's messages to the shell that last wrote to it: the main one, which the cell holds.
    """
    if getattr(widget.comm, "_reply_subshell_for", None) is not None:
        widget.comm._reply_subshell_for = None
