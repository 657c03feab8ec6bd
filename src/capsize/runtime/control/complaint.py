"""The error that says what became of an instance that somebody waited for."""

from __future__ import annotations

from capsize.errors import CapsizeError
from capsize.runtime.control.instance import Instance
from capsize.runtime.tracebacks import blame, last_words
from capsize.stack.model import Location


def complaint(instance: Instance, what: str, at: Location | None = None) -> CapsizeError:
    """Return the error: what happened, the log's last lines, and the line at fault or, where it hangs, ``at``."""
    code = instance.plan.code
    return CapsizeError(
        f"{instance.name} {what}",
        place=at or blame(instance.log, code) or instance.service.place,
        expected=f"{instance.service.name} becomes ready",
        got=instance.why,
        evidence=last_words(instance.log, code),
        next="capsize doctor" if instance.service.image else "correct the line above, then start the stack again",
    )
