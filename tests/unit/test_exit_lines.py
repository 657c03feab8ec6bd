"""The line that ended a service, where no traceback tells it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from capsize.runtime.host.processes import exit_lines
from capsize.runtime.tracebacks import blame
from capsize.stack.model import Location

ENDS = [
    "os._exit(0)",
    "os.abort()",
    "os.kill(os.getpid(), 15)",
    "os.kill(0, 9)",
    "os.killpg(0, 9)",
    "os.killpg(os.getpgrp(), 9)",
    "signal.raise_signal(9)",
]
HARMLESS = ["os.kill(os.getpid(), 0)", "os.kill(os.getppid(), signal.SIGCONT)", "os.getpid()"]
RUNNER = f"""
import sys
sys.path[:0] = [{str(Path(exit_lines.__file__).parent)!r}, "."]
import exit_lines
exit_lines.listen()
try:
    import app
except SystemExit as wish:
    exit_lines.say_exit(wish)
"""


def run(folder: Path, call: str) -> Path:
    """Import a file with this in its third line, in a process group of its own, and return the log."""
    (folder / "app.py").write_text(f"import os, signal, sys\n\n{call}\n")
    log = folder / "app.log"
    with log.open("w") as words:
        subprocess.run(
            [sys.executable, "-c", RUNNER], cwd=folder, stdout=words, stderr=words, start_new_session=True, check=False
        )
    return log


@pytest.mark.parametrize("call", [*ENDS, "sys.exit(0)", "exec('sys.exit()')"])
def test_the_line_that_ends_a_process_is_named(tmp_path, call):
    """Whatever ends a process from one of its own files is found in its log."""
    assert blame(run(tmp_path, call), tmp_path) == Location(tmp_path / "app.py", 3)


@pytest.mark.parametrize("call", HARMLESS)
def test_a_harmless_call_says_nothing(tmp_path, call):
    """A signal that ends nobody of ours leaves no line."""
    assert run(tmp_path, call).read_text() == ""


@pytest.mark.parametrize("error", ["'no ' * 1_000_000", "'no\\n' * 1_000_000"])
def test_a_long_error_hides_no_line(tmp_path, error):
    """The line before an error of megabytes is found, be it one line or many."""
    assert blame(run(tmp_path, f"raise ValueError({error})"), tmp_path) == Location(tmp_path / "app.py", 3)


def test_null_bytes_are_found(tmp_path):
    """Python names no line for a null byte, so it is looked for."""
    assert blame(run(tmp_path, "x = '\0'"), tmp_path) == Location(tmp_path / "app.py", 3)
