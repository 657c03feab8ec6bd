"""Commands that run to their end while a part is prepared: initdb, a copy, a validation.

In a stack the nursery runs them, like all that a stack starts: they end with it. ``directly`` is for whoever has none.
"""

from __future__ import annotations

import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Finished:
    """A command that has ended: its exit code, negative for a signal, and all that it wrote."""

    code: int
    output: str


class Run(Protocol):
    """Run a command as ``user`` with ``words`` to read; block until it has ended."""

    def __call__(
        self, argv: tuple[str, ...], *, cwd: Path, env: Mapping[str, str], words: str = "", user: str | None = None
    ) -> Finished:
        """Return how it ended."""
        ...


def directly(
    argv: tuple[str, ...], *, cwd: Path, env: Mapping[str, str], words: str = "", user: str | None = None
) -> Finished:
    """Run a command as a child of this process."""
    identity: dict[str, Any] = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    done = subprocess.run(
        argv, input=words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd, env=env, **identity
    )
    return Finished(done.returncode, done.stdout)
