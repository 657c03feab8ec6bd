"""``depends_on`` of a Compose service: a list of services, or a mapping with a condition for each."""

from __future__ import annotations

from typing import cast, get_args

from capsize.stack.model import Condition
from capsize.stack.refusal import one_of
from capsize.stack.value import Value

CONDITIONS: tuple[Condition, ...] = get_args(Condition)


def depends_on(value: Value) -> dict[str, Condition]:
    """Read what a service waits for before it starts."""
    if not value.is_list:
        return {name: item.attempt(_condition, "service_started") for name, item in value.entries().items()}
    found: dict[str, Condition] = {}
    for item in value.items():
        name = item.attempt(lambda one: one.text("the name of a service"), "")
        if name in found:
            raise item.refuse("this service is given twice", expected="each service once")
        found |= {name: "service_started"} if name else {}
    return found


def _condition(value: Value) -> Condition:
    keys = value.entries(("condition", "required", "restart"))
    if "condition" not in keys:
        raise value.refuse("condition is missing", expected=one_of("", CONDITIONS))
    if "required" in keys:
        keys["required"].flag()
    if "restart" in keys:
        keys["restart"].flag()
        keys["restart"].note("ignored: depends_on.restart")
    return cast(Condition, keys["condition"].word(CONDITIONS))
