"""Cloud-native architecture, learned by sinking one small shop and making it float again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from capsize.course import Lab

__all__ = ["lab"]


def lab(which: str | int, code: str | Path | None = None) -> Lab:
    """Open a lab: ``capsize.lab("01")``. Calls on it wait; notebooks use the awaitable ``capsize.ui.lab``.

    ``code`` is the folder that the stack runs: work (yours, the default), starter, solutions or a path;
    the variable CAPSIZE_CODE changes the default.
    """
    from capsize.course import Course

    return Course.here().lab(which, code)
