"""What only the process that started a stack may do: its forks have copies of everything, and own nothing."""

from __future__ import annotations

import os
from collections.abc import Callable


class OwnersOnly:
    """A function that does nothing in a fork of the process that made this."""

    def __init__(self, function: Callable[[], object]) -> None:
        self.function, self.owner = function, os.getpid()

    def __call__(self) -> None:
        if os.getpid() == self.owner:
            self.function()
