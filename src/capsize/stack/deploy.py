"""``deploy`` of a Compose service, and the keys that say the same: how many, with what limits, started again when."""

from __future__ import annotations

import re
from typing import Any

from capsize.stack import ignored
from capsize.stack.model import LEAST_MEMORY, Limits, Restart
from capsize.stack.refusal import shorten
from capsize.stack.value import Value

CPUS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
BYTES = re.compile(r"(?P<number>[0-9]{1,15}(\.[0-9]{1,3})?)(?P<unit>[kmg]?)b?", re.IGNORECASE)
UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
MOST_PROCESSES = 1 << 22  # that Linux can number
MOST_REPLICAS = 64
RESTARTS = {
    "no": Restart("no"),
    "always": Restart("always"),
    "unless-stopped": Restart("unless-stopped"),
    "on-failure": Restart("on-failure"),
}
CONDITIONS = {"none": "no", "on-failure": "on-failure", "any": "always"}


def deploy(value: Value) -> dict[str, Any]:
    """Read ``deploy``: replicas, limits, restart, each only where the file says so."""
    keys = value.entries(("replicas", "resources", "restart_policy", *ignored.DEPLOY_IGNORED), elsewhere=("mode",))
    ignored.note(keys, ignored.DEPLOY_IGNORED, ())
    found: dict[str, Any] = {}
    if "replicas" in keys:
        found["replicas"] = keys["replicas"].attempt(lambda one: one.whole(0, MOST_REPLICAS), 1)
    if "resources" in keys:
        found["limits"] = keys["resources"].attempt(limits, Limits())
    if "restart_policy" in keys:
        found["restart"] = keys["restart_policy"].attempt(_restart_policy, Restart())
    return found


def _restart_policy(value: Value) -> Restart:
    keys = value.entries(("condition", "delay", "max_attempts", "window"))
    ignored.note(keys, ("delay", "window"), ())
    policy = RESTARTS[CONDITIONS[keys["condition"].word(CONDITIONS) if "condition" in keys else "any"]]
    attempts = keys["max_attempts"].whole(1, 9999) if "max_attempts" in keys else None
    return Restart(policy.policy, attempts if policy.policy == "on-failure" else None)


def limits(resources: Value) -> Limits:
    """Read what one container may have at most."""
    found = resources.entries(("limits", "reservations"))
    ignored.note(found, (), ("reservations",))
    keys = found["limits"].entries(("cpus", "memory", "pids")) if "limits" in found else {}
    return Limits(
        cpus=keys["cpus"].attempt(processors, None) if "cpus" in keys else None,
        memory=keys["memory"].attempt(memory, None) if "memory" in keys else None,
        processes=keys["pids"].attempt(lambda one: one.whole(1, MOST_PROCESSES), None) if "pids" in keys else None,
    )


def processors(value: Value) -> float | None:
    """Read a number of cores."""
    expected = 'cores, from "0.01", such as "0.5"'
    text = value.text(expected, also=("number",))
    if not CPUS.fullmatch(text) or float(text) < 0.01:
        raise value.refuse("not a valid CPU limit", expected=expected, got=shorten(text))
    return float(text)


def memory(value: Value) -> int | None:
    """Read an amount of memory."""
    expected = "6m at least: a number with k, m or g, such as 128m"
    text = value.text(expected)
    found = BYTES.fullmatch(text)
    size = int(float(found["number"]) * UNITS[found["unit"].lower()]) if found else 0
    if size < LEAST_MEMORY:
        raise value.refuse("not a valid memory limit", expected=expected, got=shorten(text))
    return size
