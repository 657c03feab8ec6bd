"""Which line of the learner's files a log blames: from tracebacks, syntax errors, stack dumps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from capsize.stack.model import Location

FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
# what stands in a stack dump beside the reason: how our processes are forked, and Envoy's addresses
PLUMBING = re.compile(
    r'File "(<frozen runpy>|<mount>|.*/host/processes/(fork_exec|spawner)\.py)"|\[critical\]\[backtrace\]'
)
LACKS = re.compile(r"(?:AttributeError: module|ImportError: cannot import name '\w+' from) '(?P<module>\w+)'")
RAISED = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)\b(?::|$)")
DUMPED = "most recent call first"
THREAD = re.compile(rf"(?P<thread>0x[0-9a-f]+).*{DUMPED}")
FATAL = "Fatal Python error"
TRACEBACK = b"Traceback (most recent call last)"
UNREADABLE = re.compile(r"(?:PermissionError|FileNotFoundError|IsADirectoryError): \[Errno \d+\] .*: '(?P<file>[^']+)'")
NULL_BYTES = "cannot contain null bytes"
TAIL = 64 * 1024  # bytes of a log that are looked at
DEEP = 8 << 20  # bytes in which a traceback is looked for that is not at the end
WIDEST = 400  # characters of a line that are quoted


def tail(log: Path, lines: int = 20) -> list[str]:
    """Return the last lines of a log; none if it is not there."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL))
        return readable_lines(file.read())[-lines:]


def readable_lines(written: bytes) -> list[str]:
    """Return the lines of a part of a log, without those of the plumbing."""
    return [line for line in written.decode(errors="replace").splitlines() if not PLUMBING.search(line)]


def last_words(log: Path, code: Path) -> list[str]:
    """Return the end of a log; where it died in native code, where that was in ``code``, and what it said before."""
    lines = undumped(tail(log, 400))
    dumps = [number for number, line in enumerate(lines) if DUMPED in line]
    own = [line for line in lines[_begin_of_dump(lines) :] if _is_in(line, code)]
    last = [*own, *lines[: dumps[0]][-11:]] if own else lines[-12:]
    return [line if len(line) <= WIDEST else f"{line[:WIDEST]}…" for line in last]


def _is_in(line: str, code: Path) -> bool:
    frame = FRAME.search(line)
    return bool(frame and Path(frame["file"]).is_relative_to(code))


def blame(log: Path, code: Path) -> Location | None:
    """Return the deepest line in ``code`` of the last traceback in the log, or where it died in native code."""
    return own_line(undumped(tail(log, 400)), code) or own_line(_before_long_words(log), code)


def _before_long_words(log: Path) -> list[str]:
    """Return the last traceback of a log in which an error of many megabytes comes after it."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - DEEP))
            words = file.read()
    except OSError:
        return []
    start = words.rfind(TRACEBACK)
    return words[start : start + TAIL].decode(errors="replace").splitlines() if start >= 0 else []


def undumped(lines: list[str]) -> list[str]:
    """Leave out the stack dumps that a process was asked for: where it was says nothing of what happened later."""
    kept, part = list[str](), ""
    for line in lines:
        if THREAD.search(line):
            part = part or "asked for"
        elif line.strip() and not FRAME.search(line):
            part = "fatal" if FATAL in line else ""
        if part != "asked for":
            kept.append(line)
    return kept


def own_line(lines: list[str], code: Path) -> Location | None:
    """Name the line in ``code`` that is nearest to the failure in the last traceback or stack dump.

    A failure because a file of ``code`` lacks a name passes no line of it: then it is that file's first.
    """
    start = max((number for number, line in enumerate(lines) if "most recent call" in line), default=0)
    is_dump = bool(lines) and DUMPED in lines[start]
    frames = [FRAME.search(line) for line in lines[_begin_of_dump(lines) if is_dump else start :]]
    own = [Location(Path(f["file"]), int(f["line"])) for f in frames if f and Path(f["file"]).is_relative_to(code)]
    if any(NULL_BYTES in line for line in lines[start:]):
        return _null_byte(code)
    if not own:
        return _lacking(lines[start:], code)
    return own[0] if is_dump else own[-1]


def without_foreign_frames(lines: Iterable[str], code: Path) -> list[str]:
    """Leave out the frames of files outside ``code``, with their source lines, where one of ``code`` is among them."""
    lines = list(lines)
    if not any(_is_in(line, code) for line in lines):
        return lines
    kept, is_foreign = list[str](), lines[0].startswith("    ")  # the tail of a frame that begins above
    for line in lines:
        if FRAME.search(line):
            is_foreign = not _is_in(line, code)
        elif not line.startswith("    "):
            is_foreign = False
        if not is_foreign:
            kept.append(line)
    return kept


def reason(lines: Iterable[str]) -> str:
    """Return the last line that names an exception: ``SyntaxError: invalid syntax``; empty where none does."""
    return next((line.strip() for line in reversed(list(lines)) if RAISED.match(line)), "")


def _begin_of_dump(lines: list[str]) -> int:
    """Find where the last stack dump begins: it names each thread once."""
    begin, seen = len(lines), set[str]()
    for number in range(len(lines) - 1, -1, -1):
        if found := THREAD.search(lines[number]):
            if found["thread"] in seen:
                break
            seen.add(found["thread"])
            begin = number
    return begin


def _lacking(lines: list[str], code: Path) -> Location | None:
    """Name the file of ``code`` that lacks a name, or that could not be read: no line of it ran."""
    files = [code / f"{found['module']}.py" for line in lines if (found := LACKS.search(line))]
    files += [Path(found["file"]) for line in lines if (found := UNREADABLE.search(line))]
    return next((Location(file, 1) for file in files if file.is_file() and file.is_relative_to(code)), None)


def _null_byte(code: Path) -> Location | None:
    """Name the line of ``code`` with a byte that no Python file may have; the error names none."""
    for file in sorted(code.rglob("*.py")):
        before, found, _ = file.read_bytes().partition(b"\0")
        if found:
            return Location(file, before.count(b"\n") + 1)
    return None
