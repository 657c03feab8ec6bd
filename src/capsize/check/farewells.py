"""What processes write when a check ends them or what they talk to: it is part of the fault, and explains nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

BEGIN = re.compile(r"Traceback \(most recent call last\)")
RAISED = re.compile(r"^[\s|]*(?:[A-Za-z_]\w*\.)*(?P<name>[A-Z]\w*(?:Error|Exception|Interrupt|Group|Exit))(?::|$| \()")
GROUP = ("ExceptionGroup", "BaseExceptionGroup")
# nats-py's and asyncio's words for being ended
FAREWELLS = ("CancelledError", "ConnectionClosedError", "KeyboardInterrupt")


def without_farewells(lines: Iterable[str]) -> list[str]:
    """Leave out the tracebacks of those who were ended; a group's too, where there is nothing else in the group."""
    kept: list[str] = []
    group: list[str] = []  # what waits for an error of its own
    trace: list[str] = []
    for line in lines:
        begins = BEGIN.search(line)
        if not trace and not begins:
            (group if group and _is_of_a_group(line) else kept).append(line)
            group = group if _is_of_a_group(line) else []
            continue
        if begins:
            kept += trace  # it never came to what was raised
            trace = []
        trace.append(line)
        if raised := RAISED.match(line):
            name = raised["name"]
            if name in GROUP:
                group = [*group, *trace]
            elif name not in FAREWELLS:
                kept, group = [*kept, *group, *trace], []
            trace = []
    return [*kept, *trace]


def _is_of_a_group(line: str) -> bool:
    """Say whether a line is drawn into the frame of an exception group."""
    return line.lstrip()[:1] in ("|", "+")
