"""The form of a prediction: empty, worked by mouse or keyboard, and kept when its button is pressed.

It is made of plain ipywidgets, which JupyterLab and VS Code both have, also without a network.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from capsize.course.predictions.question import written
from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.course.predictions import Answer, Question

WIDE = "min(100%, 44em)"
NUMBERS = (("said", "your number"), ("low", "a range, from"), ("high", "to"))
RANGE = "Choose the range so that it holds the number four times out of five."


class PredictionForm:
    """Asks one question. ``keep`` takes the answer, and ``done`` is called when it is kept.

    The browser's messages may come on another thread than the cell's.
    """

    def __init__(self, question: Question, keep: Callable[[Answer], object], done: Callable[[], object]) -> None:
        self.question, self._keep, self._done = question, keep, done
        self.fields: dict[str, Any] = _choice(question) if question.is_choice else _number(question)
        self.button = ipywidgets.Button(
            description="This is my prediction", disabled=True, button_style="primary", layout={"width": "max-content"}
        )
        self.message = ipywidgets.HTML()
        for field in self.fields.values():
            field.observe(self._look, "value")
        self.button.on_click(self._press)
        self.box = ipywidgets.VBox([_words(question.asks), *self._rows(), self.button, self.message])

    def bundle(self) -> dict[str, Any]:
        """Return what a cell shows of it: the widget, and a text for where there are none."""
        shown: dict[str, Any] = self.box._repr_mimebundle_()
        return {**shown, "text/plain": f"<form: {self.question.name}>"}

    def close(self) -> None:
        """Take the form away, with all that it is made of."""
        for part in (*self.fields.values(), self.button, self.message, *self.box.children, self.box):
            part.close()

    def _rows(self) -> list[Any]:
        if self.question.is_choice:
            return [self.fields["said"]]
        low, high = self.fields["low"], self.fields["high"]
        return [self.fields["said"], ipywidgets.HBox([low, high]), _words(RANGE), self.fields["reason"]]

    def _look(self, _: Any) -> None:
        """Let the button be pressed as soon as nothing is empty."""
        self.button.disabled = any(field.value in (None, "") for field in self.fields.values())
        self.message.value = ""

    def _press(self, _: Any) -> None:
        try:
            self._keep(self.question.answer(**{name: _read(field.value) for name, field in self.fields.items()}))
        except CapsizeError as error:
            self.message.value = f'<div role="alert">{_lines(str(error))}</div>'
        else:
            self.button.disabled = True
            self.message.value = "kept"
            self._done()


def _choice(question: Question) -> dict[str, Any]:
    return {"said": _radio([choice.text for choice in question.choices], "your choice")}


def _number(question: Question) -> dict[str, Any]:
    bounds = f"{written(question.least)} to {question.quantity(question.most)}"
    fields = {name: _text(words, bounds if name == "said" else question.unit) for name, words in NUMBERS}
    return {**fields, "reason": _radio([reason.text for reason in question.reasons], "because")}


def _text(words: str, placeholder: str) -> Any:
    layout = {"width": "min(100%, 20em)"}
    return ipywidgets.Text(
        description=words, placeholder=placeholder, layout=layout, style={"description_width": "7em"}
    )


def _radio(texts: list[str], words: str) -> Any:
    layout = {"width": WIDE, "max_width": WIDE}
    return ipywidgets.RadioButtons(options=texts, value=None, description=words, layout=layout)


def _words(text: str) -> Any:
    return ipywidgets.HTML(f'<div style="line-height: 1.5">{escape(text)}</div>', layout={"width": WIDE})


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.splitlines()))


def _read(value: str) -> str:
    return value.strip()
