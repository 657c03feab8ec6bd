"""How an instance starts as an OS process: the words, the environment, the folder, the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Program:
    """A command to start. ``env`` is the whole environment; ``user`` is set only where root must not run it.

    ``disk`` are the mounts that a Python service of ours is held to.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    user: str | None = None
    stop_signal: str = "SIGTERM"
    disk: Mapping[str, Any] | None = None
