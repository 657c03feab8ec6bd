"""What an exception says that nobody expected: one line, and where the whole trace is."""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path


def report(error: BaseException) -> None:
    """Write the trace into a file and say so on stderr; where no file can be written, print the trace itself."""
    trace = "".join(traceback.format_exception(error))
    words = str(error).strip().splitlines()
    print(f"capsize itself failed: {type(error).__name__}{f': {words[0]}' if words else ''}", file=sys.stderr)
    file = _kept(trace)
    print(f"  the whole trace: {file}" if file else trace, file=sys.stderr)
    print("  next: capsize doctor", file=sys.stderr)


def _kept(trace: str) -> Path | None:
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="trace-", suffix=".txt", delete=False) as file:
            file.write(trace)
            return Path(file.name)
    except OSError:
        return None
