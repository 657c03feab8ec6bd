"""A drawn figure: the same text for every run, so that nbval compares the words and not the pixels."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

DOTS = 110


class Picture:
    """A matplotlib figure as PNG. ``title`` is its text; it must hold no measured number."""

    def __init__(self, figure: Any, title: str) -> None:
        self.figure, self.title = figure, title
        self._png = b""

    def __repr__(self) -> str:
        return self.title

    def _repr_png_(self) -> bytes:
        if not self._png:
            stream = BytesIO()
            self.figure.savefig(stream, format="png", dpi=DOTS, facecolor=self.figure.get_facecolor())
            self._png = stream.getvalue()
        return self._png

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": self.title, "image/png": base64.b64encode(self._repr_png_()).decode()}

    def save(self, path: Path | str) -> Path:
        """Write the picture; the name's ending chooses PNG, SVG or PDF."""
        self.figure.savefig(path, dpi=DOTS, facecolor=self.figure.get_facecolor())
        return Path(path)
