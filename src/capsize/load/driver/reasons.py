"""Why a request failed, in words short enough to group by; and whose line a mistake is.

gRPC is read without importing it: its errors have a method ``code``, whose result has a name.
"""

from __future__ import annotations

import traceback
from http import HTTPStatus
from pathlib import Path
from typing import Any

LONGEST = 100


def reason(exception: BaseException) -> str:
    """Name a failure: the status of an HTTP or gRPC answer, the file's own words, or the exception's class."""
    if callable(code := getattr(exception, "code", None)):
        return str(getattr(code(), "name", type(exception).__name__))
    status = _status(exception)
    if status:
        return f"{status} {_phrase(status)}".strip()
    if type(exception).__name__ in ("CatchResponseError", "AssertionError"):
        return str(exception)[:LONGEST] or type(exception).__name__
    return type(exception).__name__


def _status(exception: BaseException) -> int:
    response = getattr(exception, "response", None)
    return int(getattr(exception, "code", 0) or getattr(response, "status_code", 0) or 0)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""


def place(exception: BaseException, file: str) -> tuple[str, int | None]:
    """Find the file and line to show: the last one inside ``file``, else the last one at all."""
    if isinstance(exception, SyntaxError) and exception.filename:
        return exception.filename, exception.lineno
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(exception.__traceback__)]
    own = [frame for frame in frames if frame[0] == file]
    return (own or frames or [(file, None)])[-1]


def mistake(exception: BaseException, file: str) -> str:
    """Describe an exception that the locust file let through: ``01_monolith.py:12: KeyError: 'id'``."""
    where, line = place(exception, file)
    return f"{Path(where).name}:{line}: {type(exception).__name__}: {exception}"[: 2 * LONGEST]


def broken(exception: BaseException, file: str) -> dict[str, Any]:
    """Describe an exception that ended the run, for the parent to raise."""
    where, line = place(exception, file)
    return {
        "kind": "broken",
        "file": where,
        "line": line,
        "what": f"{type(exception).__name__}: {exception}",
        "evidence": "".join(traceback.format_exception(exception)).splitlines()[-8:],
    }
