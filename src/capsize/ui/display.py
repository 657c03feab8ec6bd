"""How a notebook shows what the kit returns or raises.

A text that never changes, and a sheet that has it all; of an error its own words, without our side of the traceback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any

from capsize.check.verdict import Verdict
from capsize.course.exercises import Hint
from capsize.course.predictions import PredictionComparison
from capsize.errors import CapsizeError
from capsize.ui.comparison import comparison_html
from capsize.ui.sheet import Sheet
from capsize.ui.verdict import hint_html, verdict_html

SHEETS: dict[type, Callable[[Any], str]] = {
    Verdict: verdict_html,
    Hint: hint_html,
    PredictionComparison: comparison_html,
}


def teach(shell: Any) -> None:
    """Tell an IPython kernel how to show verdicts, hints and comparisons; a terminal shows their text."""
    formatters = shell.display_formatter
    for kind, html in SHEETS.items():
        formatters.mimebundle_formatter.for_type(kind, lambda thing, *_, html=html, **__: _bundle(thing, html))
        formatters.formatters["text/html"].for_type(kind, lambda _: None)


def tell_plainly(shell: Any) -> None:
    """Have an IPython kernel show an error of the kit by its own words, and an interrupt as one."""
    shell.set_custom_exc((CapsizeError, asyncio.CancelledError), _tell)


def _tell(
    shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> None:
    words = "interrupted: what had been started is stopped" if isinstance(error, asyncio.CancelledError) else str(error)
    shell._showtraceback(kind, error, words.splitlines())


def _bundle(thing: Any, html: Callable[[Any], str]) -> Any:
    return Sheet(html(thing), repr(thing))._repr_mimebundle_()
