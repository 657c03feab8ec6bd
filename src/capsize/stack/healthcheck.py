"""``healthcheck`` of a Compose service, as the readiness probe that it is: ready instances get requests, others do not.

Docker's defaults hold: every 30 s, 30 s to answer, three failures in a row.
"""

from __future__ import annotations

from capsize.stack.model import Probe
from capsize.stack.value import Value

KEYS = ("test", "interval", "timeout", "retries", "start_period", "start_interval", "disable")
FORMS = '["CMD", "python", "-m", "shop.probe", "/ready"], ["CMD-SHELL", "a line for sh"], ["NONE"] or a line for sh'
PERIOD = TIMEOUT = 30.0
RETRIES = 3


def healthcheck(value: Value) -> Probe | None:
    """Read a healthcheck into a probe of kind exec; None where it is disabled."""
    keys = value.entries(KEYS)
    disabled = keys["disable"].flag() if "disable" in keys else False
    if "test" not in keys and not disabled:
        raise value.refuse("test is missing", expected=f"test: {FORMS}")
    if "start_interval" in keys:
        keys["start_interval"].note("ignored: start_interval")
    command = _command(keys["test"]) if "test" in keys else ()
    probe = Probe(
        kind="exec",
        command=command,
        period=keys["interval"].seconds() if "interval" in keys else PERIOD,
        timeout=keys["timeout"].seconds() if "timeout" in keys else TIMEOUT,
        start_period=keys["start_period"].seconds(zero=True) if "start_period" in keys else 0.0,
        failure_threshold=keys["retries"].whole(1, 1000) if "retries" in keys else RETRIES,
    )
    return None if disabled or not command else probe


def _command(test: Value) -> tuple[str, ...]:
    if test.is_text:
        return _shell(test, test.text(FORMS))
    kind, *words = [item.text() for item in test.items(FORMS)] or [""]
    if kind == "CMD" and words and words[0]:
        return tuple(words)
    if kind == "CMD-SHELL" and len(words) == 1:
        return _shell(test, words[0])
    if kind == "NONE" and not words:
        return ()
    raise test.refuse("this is not a test", expected=FORMS)


def _shell(test: Value, line: str) -> tuple[str, ...]:
    if not line.strip():
        raise test.refuse("this test runs nothing", expected=FORMS)
    return ("/bin/sh", "-c", line)
