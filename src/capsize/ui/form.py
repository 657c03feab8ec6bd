"""The form of a prediction, as a notebook shows it: what the browser sends is kept, or answered by what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from capsize.course.predictions.question import written
from capsize.errors import CapsizeError
from capsize.ui.script import joined, style

if TYPE_CHECKING:
    from capsize.course.predictions import Answer, Question

FIELDS = ("said", "low", "high", "reason")


class PredictionForm(anywidget.AnyWidget):  # type: ignore[misc] # anywidget has no types
    """Asks one question. ``keep`` takes the answer, and ``done`` is called when it is kept.

    An answer comes as one message, so that it has what stood in the form when its button was pressed. It may come on
    another thread than the cell's.
    """

    _esm = joined("form")
    _css = style()
    question = traitlets.Dict().tag(sync=True)
    trouble = traitlets.Unicode().tag(sync=True)

    def __init__(self, asked: Question, keep: Callable[[Answer], object], done: Callable[[], object]) -> None:
        self._asked, self._keep, self._done = asked, keep, done
        super().__init__(question=_shown(asked))
        self.on_msg(self._heard)

    def bundle(self) -> dict[str, Any]:
        """Return what a cell shows of it: the widget, and a text for where there are none."""
        data, _ = self._repr_mimebundle_()
        return {**data, "text/plain": f"<form: {self._asked.name}>"}

    def _heard(self, _: Any, message: Any, __: Any) -> None:
        if not isinstance(message, Mapping):
            return
        self.trouble = ""  # the same words a second time are news, too
        try:
            self._keep(self._asked.answer(**{name: message[name] for name in FIELDS if name in message}))
        except CapsizeError as error:
            self.trouble = str(error)
        else:
            self._done()


def _shown(asked: Question) -> dict[str, Any]:
    """Tell the browser what to ask, and nothing of what the answers stand for."""
    return {
        "name": asked.name,
        "asks": asked.asks,
        "choices": [choice.text for choice in asked.choices],
        "unit": asked.unit,
        "bounds": f"{written(asked.least)} to {written(asked.most)}",
        "reasons": [reason.text for reason in asked.reasons],
    }
