"""What a cell shows before it ends."""

from __future__ import annotations

import sys
from typing import TypeVar

T = TypeVar("T")


def shown(thing: T) -> T:
    """Show something in the cell that runs, if one does; return it."""
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(thing)
    return thing
