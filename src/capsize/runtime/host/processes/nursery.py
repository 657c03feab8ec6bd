"""The nursery as its owner sees it: a process that is started, told things over a pipe, and let go.

Only the process that started a nursery speaks to it. A fork of that process holds none of its pipes, so that the
nursery hears of its owner's end whatever the fork does.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Any

from capsize.errors import CapsizeError
from capsize.runtime.host.processes import descriptors, run_folders
from capsize.runtime.host.processes.run_dir import RUN_DIR, run_dir
from capsize.runtime.host.processes.zygote import OPTIONS

SPAWNER = Path(__file__).with_name("spawner.py")
CLEANS_UP_WITHIN = 10.0  # seconds


class Nursery:
    """A nursery with a run folder of its own. Raise CapsizeError where there is no place for that."""

    seeds = 0  # interpreters that it was asked to have warm before it was taken

    def __init__(self) -> None:
        self.owner, self.is_let_go = os.getpid(), False
        descriptors.have_enough()
        self.folder = run_dir() / f"{run_folders.PREFIX}{secrets.token_hex(4)}"
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by let_go
        self.process = subprocess.Popen(
            [sys.executable, *OPTIONS, str(SPAWNER), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            start_new_session=True,
            bufsize=0,
        )
        _alive.add(self)

    @property
    def events(self) -> int:
        """The descriptor from which the nursery's events are read."""
        assert self.process.stdout
        return self.process.stdout.fileno()

    def send(self, **command: Any) -> None:
        """Send a command; nothing happens where the nursery is gone, or another process's."""
        assert self.process.stdin
        left = memoryview(json.dumps(command).encode() + b"\n")
        with contextlib.suppress(BrokenPipeError, ValueError):
            while left and not self.is_let_go and self.owner == os.getpid():
                left = left[self.process.stdin.write(left) or 0 :]

    def let_go(self, patience: float = CLEANS_UP_WITHIN) -> None:
        """Have it end, and wait until it has taken everything down; do what is left to do if it does not."""
        if self.is_let_go or self.owner != os.getpid():
            return
        self.send(do="close")
        self.is_let_go = True
        self._close_pipe()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._words.close()
        assert self.process.stdout
        self.process.stdout.close()
        if self.process.returncode != 0 or self.folder.exists():
            run_folders.take_down(self.folder)
            run_folders.remove(self.folder)

    def _close_pipe(self) -> None:
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()

    def refusal(self) -> CapsizeError:
        """Return the error that says why it did not start."""
        words = os.pread(self._words.fileno(), 4000, 0).decode(errors="replace").splitlines()
        return CapsizeError(
            "the nursery, which parents a stack's processes, did not start",
            evidence=words[-3:],
            next=f"make room in {self.folder.parent}, or name another folder: export {RUN_DIR}=…",
        )

    def forget(self) -> None:
        """Let go of the pipes in a fork of the owner, and of nothing else."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        self.process.returncode = 0  # it is no child of the fork, which must not wait for it


_alive: weakref.WeakSet[Nursery] = weakref.WeakSet()


def _forget_all() -> None:
    for nursery in list(_alive):
        nursery.forget()


os.register_at_fork(after_in_child=_forget_all)
