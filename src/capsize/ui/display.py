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
from capsize.ui.cell_order import advice, is_raised_in_a_cell, notebook_of
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
    """Have an IPython kernel show an error of the kit in its own words, an interrupt, and a name that is missing."""
    shell.set_custom_exc((CapsizeError, asyncio.CancelledError, NameError), _tell)


def _tell(
    shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> None:
    words = _words(shell, error, trace)
    if words is None:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
    else:
        shell._showtraceback(kind, error, words.splitlines())


def _words(shell: Any, error: BaseException, trace: TracebackType) -> str | None:
    """Return what to show in place of a traceback; None where the traceback is what helps."""
    if isinstance(error, asyncio.CancelledError):
        return "interrupted: what had been started is stopped"
    if not isinstance(error, NameError):
        return str(error)
    notebook = notebook_of(shell.user_ns)
    if notebook and error.name and is_raised_in_a_cell(trace, shell.user_ns):
        return advice(error.name, notebook)
    return None


def _bundle(thing: Any, html: Callable[[Any], str]) -> Any:
    return Sheet(html(thing), repr(thing))._repr_mimebundle_()
