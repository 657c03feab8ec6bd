"""How a notebook shows what the kit returns: a text that never changes, and a sheet that has it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from capsize.check.verdict import Verdict
from capsize.exercises import Hint
from capsize.progress import Comparison
from capsize.ui.sheet import Sheet
from capsize.ui.verdict import comparison_html, hint_html, verdict_html

SHEETS: dict[type, Callable[[Any], str]] = {Verdict: verdict_html, Hint: hint_html, Comparison: comparison_html}


def teach(shell: Any) -> None:
    """Tell an IPython kernel how to show verdicts, hints and comparisons; a terminal shows their text."""
    formatters = shell.display_formatter
    for kind, html in SHEETS.items():
        formatters.mimebundle_formatter.for_type(kind, lambda thing, *_, html=html, **__: _bundle(thing, html))
        formatters.formatters["text/html"].for_type(kind, lambda _: None)


def _bundle(thing: Any, html: Callable[[Any], str]) -> Any:
    return Sheet(html(thing), repr(thing))._repr_mimebundle_()
