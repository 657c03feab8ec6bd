"""Which line of the learner's files a log blames: from tracebacks, syntax errors, stack dumps."""

from __future__ import annotations

import re
from pathlib import Path

from capsize.stack.model import Place

FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
# what stands in a stack dump beside the reason: the births of our processes, and Envoy's addresses
PLUMBING = re.compile(r'File "(<frozen runpy>|.*/capsize/runtime/(births|nursery)\.py)"|\[critical\]\[backtrace\]')
TAIL = 64 * 1024  # bytes of a log that are looked at


def tail(log: Path, lines: int = 20) -> list[str]:
    """Return the last lines of a log; none if it is not there."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL))
        words = file.read().decode(errors="replace").splitlines()
    return [line for line in words if not PLUMBING.search(line)][-lines:]


def last_words(log: Path, code: Path) -> list[str]:
    """Return the end of a log; where that is a stack dump, what it was at in ``code``, and what it had said before."""
    lines = tail(log, 400)
    dumps = [number for number, line in enumerate(lines) if "most recent call first" in line]
    own = [line for line in lines[dumps[-1] :] if _is_in(line, code)] if dumps else []
    return [*own, *lines[: dumps[0]][-11:]] if own else lines[-12:]


def _is_in(line: str, code: Path) -> bool:
    frame = FRAME.search(line)
    return bool(frame and Path(frame["file"]).is_relative_to(code))


def blame(log: Path, code: Path) -> Place | None:
    """Return the deepest line in ``code`` of the last traceback or stack dump in the log, if one names it."""
    return own_line(tail(log, 400), code)


def own_line(lines: list[str], code: Path) -> Place | None:
    """Name the line in ``code`` that is nearest to the failure in the last traceback or stack dump."""
    start = max((number for number, line in enumerate(lines) if "most recent call" in line), default=0)
    frames = [FRAME.search(line) for line in lines[start:]]
    own = [Place(Path(f["file"]), int(f["line"])) for f in frames if f and Path(f["file"]).is_relative_to(code)]
    if not own:
        return None
    return own[0] if "most recent call first" in lines[start] else own[-1]
