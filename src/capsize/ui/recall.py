"""The questions at a lab's end, as a notebook shows them: whatever is chosen is explained at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import anywidget
import traitlets

from capsize.course.recall import Recall, RecallQuestion
from capsize.errors import CapsizeError
from capsize.ui.script import joined, style


class RecallForm(anywidget.AnyWidget):  # type: ignore[misc] # anywidget has no types
    """Asks some questions of one lab; no cell waits for it, and its text is the same on every run.

    ``review`` takes the answers for those of questions that came back.
    """

    _esm = joined("recall")
    _css = style()
    questions = traitlets.List().tag(sync=True)
    said = traitlets.Dict().tag(sync=True)

    def __init__(self, questions: Iterable[RecallQuestion], recall: Recall, *, review: bool = False) -> None:
        asked = list(questions)
        verb, number = "again" if review else "remember", recall.rooms.slug[:2]
        self._words = f"<{len(asked)} questions; in a terminal: capsize {verb} {number}>"
        self._take: Callable[[str, object], str] = recall.review if review else recall.answer
        self._asked = {one.name: one for one in asked}
        before = {} if review else {name: _told(self._asked[name], said) for name, said in recall.said.items()}
        super().__init__(questions=[_shown(one) for one in asked], said=before)
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return self._words

    def _repr_mimebundle_(self, **asked: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**asked)
        return {**data, "text/plain": self._words}, metadata

    def _heard(self, _: Any, message: Any, __: Any) -> None:
        """Keep an answer and show what it comes to; the first counts, and those after it are only explained."""
        if not isinstance(message, Mapping) or message.get("name") not in self._asked:
            return
        name, said = message["name"], message.get("said")
        try:
            words = self._asked[name].told(said) if name in self.said else self._take(name, said)
        except CapsizeError as error:
            words = str(error)
        self.said = {**self.said, name: {"said": said, "words": words}}


def _shown(asked: RecallQuestion) -> dict[str, Any]:
    """Tell the browser what to ask, and not which option is right."""
    return {"name": asked.name, "asks": asked.asks, "options": asked.texts}


def _told(question: RecallQuestion, said: str) -> dict[str, str]:
    return {"said": said, "words": question.told(said)}
