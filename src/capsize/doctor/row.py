"""One line of the doctor's report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was looked at, whether it will do, what was found; ``next`` is what to type where it will not."""

    name: str
    ok: bool
    required: bool
    found: str
    next: str = ""
