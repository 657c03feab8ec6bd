"""``deploy.resources`` of a Compose service: what one container of it may have at most."""

from __future__ import annotations

import re

from capsize.stack.model import LEAST_MEMORY, Limits
from capsize.stack.refusal import shorten
from capsize.stack.value import Value

CPUS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
BYTES = re.compile(r"(?P<number>[0-9]{1,15}(\.[0-9]{1,3})?)(?P<unit>[kmg]?)b?", re.IGNORECASE)
UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
MOST_PROCESSES = 1 << 22  # that Linux can number


def limits(resources: Value) -> Limits:
    """Read the limits; nothing else of ``resources`` is read."""
    found = resources.entries(("limits",))
    keys = found["limits"].entries(("cpus", "memory", "pids")) if "limits" in found else {}
    return Limits(
        cpus=_cpus(keys["cpus"]) if "cpus" in keys else None,
        memory=_bytes(keys["memory"]) if "memory" in keys else None,
        processes=keys["pids"].whole(1, MOST_PROCESSES) if "pids" in keys else None,
    )


def _cpus(value: Value) -> float:
    expected = 'cores, from "0.01", such as "0.5"'
    text = value.text(expected)
    if not CPUS.fullmatch(text) or float(text) < 0.01:
        raise value.refuse("this number of cores does not do", expected=expected, got=shorten(text))
    return float(text)


def _bytes(value: Value) -> int:
    expected = "6m at least: a number with k, m or g, such as 128m"
    text = value.text(expected)
    found = BYTES.fullmatch(text)
    size = int(float(found["number"]) * UNITS[found["unit"].lower()]) if found else 0
    if size < LEAST_MEMORY:
        raise value.refuse("this much memory does not do", expected=expected, got=shorten(text))
    return size
