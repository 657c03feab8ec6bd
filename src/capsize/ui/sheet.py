"""A sheet: HTML that a notebook shows live and a saved notebook leaves out, where its text says enough."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from capsize.ui.script import joined, style

PLAIN = "text/plain"


class Sheet(anywidget.AnyWidget):  # type: ignore[misc] # anywidget has no types
    """HTML of ours, beside a text that is the same on every run."""

    _esm = joined("sheet")
    _css = style()
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, html: str, words: str) -> None:
        self._words = words
        super().__init__(html=html)

    def __repr__(self) -> str:
        return self._words

    def _repr_mimebundle_(self, **asked: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**asked)
        return {**data, PLAIN: self._words}, metadata
