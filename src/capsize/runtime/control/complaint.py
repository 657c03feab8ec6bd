"""What a start that failed says: the instance, the line at fault, the last lines of its log, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from capsize.errors import CapsizeError
from capsize.runtime.control.instance import Instance
from capsize.runtime.tracebacks import blame, last_words, own_line, tail
from capsize.stack.model import Location

KILLS = re.compile(r"^os\.(kill|killpg)\(.*\) was called$")
MISSING = re.compile(
    r"ModuleNotFoundError: No module named '(?P<module>\w+)|^(?P<program>[^\s:]+): \[Errno 2\]"
    r"|pip install \"?(?P<package>[\w.\[\]-]+)"
)
TAKEN = re.compile(r"address already in use", re.IGNORECASE)
BY_PORT = "have it listen on the port in $PORT: as processes, services share the ports of one machine"


def complaint(instance: Instance, what: str, at: Location | None = None) -> CapsizeError:
    """Return the error: what happened, the log's last lines, and the line at fault or, where it hangs, ``at``."""
    code = instance.plan.code
    evidence = last_words(instance.log, code)
    return CapsizeError(
        f"{instance.name} {what}",
        place=at or blame(instance.log, code) or instance.service.place,
        expected=f"{instance.service.name} becomes ready",
        got=instance.why,
        evidence=evidence,
        next="capsize doctor" if instance.service.image else _next(instance, evidence),
    )


def _next(instance: Instance, evidence: Sequence[str]) -> str:
    if any(map(TAKEN.search, evidence)):
        return BY_PORT
    missing = next((found for line in reversed(evidence) if (found := MISSING.search(line))), None)
    if missing and instance.service.build:
        what = missing["module"] or missing["program"] or missing["package"]
        return f"install {what} where the service finds it, or name the Python that has it: capsize up … --python .venv"
    return "correct the line above, then start the stack again"


def loss(instances: Iterable[Instance]) -> CapsizeError:
    """Return the error for a nursery that is gone, with the line that killed it where one of the services did."""
    for instance in instances:
        words = _killing(tail(instance.log, 100))
        place = own_line(words, instance.plan.code)
        if place:
            return CapsizeError(
                f"{instance.name} killed the nursery, which starts the stack's processes",
                place=place,
                expected="a service ends no process but its own",
                got=words[0],
                evidence=words,
                next="correct the line above, then start the stack again",
            )
    return CapsizeError(
        "the nursery, which starts the stack's processes, was killed", next="start the stack again: lab.up()"
    )


def _killing(lines: list[str]) -> list[str]:
    """Return the last two lines that say who killed whom; a process may write a few more before it is gone itself."""
    calls = [number for number, line in enumerate(lines) if KILLS.search(line)]
    return lines[calls[-1] : calls[-1] + 2] if calls else []
