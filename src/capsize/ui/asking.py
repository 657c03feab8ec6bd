"""Asking for a prediction in a cell: a form that the cell waits for, or typed answers where there is no notebook.

The form keeps the answer itself, so that nothing is lost where the cell that showed it was stopped. What is typed in
another terminal meanwhile, by ``capsize predict``, counts too.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING, Any

from capsize.errors import CapsizeError
from capsize.ui.form import PredictionForm

if TYPE_CHECKING:
    from capsize.course.predictions import Prediction, Predictions

LOOK_AGAIN = 0.5  # seconds between two looks at what another terminal may have kept


async def ask(predictions: Predictions, name: str) -> None:
    """Show what was predicted, and ask for it first where nothing was.

    Raises CapsizeError where nobody can be asked, and where the cell is interrupted.
    """
    said = predictions.given(name)
    shell = _shell()
    if said is None and shell is None:
        from capsize.course.predictions.typed import predicted

        said = predicted(predictions, name)
    if said is not None:
        _show(shell, str(said))
    elif not shell.kernel._allow_stdin:
        raise _nobody(predictions, name)
    else:
        await _by_form(predictions, name)


async def _by_form(predictions: Predictions, name: str) -> None:
    """Show the form, and put what was said in its place once it is given."""
    from IPython.display import display

    loop, pressed = asyncio.get_running_loop(), asyncio.Event()
    form = PredictionForm(
        predictions.question(name),
        lambda answer: predictions.give(name, answer),
        lambda: loop.call_soon_threadsafe(pressed.set),
    )
    shown = display(form.bundle(), raw=True, display_id=True)
    try:
        said = await _given(predictions, name, pressed)
    except asyncio.CancelledError:
        raise _stopped(predictions, name) from None
    shown.update({"text/plain": str(said)}, raw=True)
    form.close()


async def _given(predictions: Predictions, name: str, pressed: asyncio.Event) -> Prediction:
    while (said := predictions.given(name)) is None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pressed.wait(), LOOK_AGAIN)
    return said


def _shell() -> Any:
    """Return the kernel's shell; None in a terminal."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    shell = get_ipython()
    return shell if hasattr(shell, "kernel") else None


def _show(shell: Any, words: str) -> None:
    if shell is None:
        print(words)
        return
    from IPython.display import display

    display({"text/plain": words}, raw=True)


def _nobody(predictions: Predictions, name: str) -> CapsizeError:
    return CapsizeError(
        f"this notebook asks you to predict {name!r}, and it runs where nobody can be asked",
        expected=f"an answer: {predictions.command(name)}",
        next="to run it with the answers of a naive learner: export CAPSIZE_PREDICTIONS=naive",
    )


def _stopped(predictions: Predictions, name: str) -> CapsizeError:
    return CapsizeError(
        f"you stopped before you predicted {name!r}",
        expected="an answer in the form above; it is kept when you press its button, now too",
        next=f"run this cell again, or in a terminal: {predictions.command(name)}",
    )
