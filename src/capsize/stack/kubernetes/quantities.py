"""Kubernetes' quantities: 250m, 128Mi, 1.5, 1e3. Limits hold in containers; requests are compared with them."""

from __future__ import annotations

import re
from decimal import Decimal

from capsize.stack.kubernetes.record import Record
from capsize.stack.kubernetes.shapes import Either, Text
from capsize.stack.model import LEAST_MEMORY, Limits
from capsize.stack.value import Value

SCALES = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
NUMBER = r"(?P<number>[0-9]{1,18}(\.[0-9]{0,9})?|\.[0-9]{1,9})"
FORM = NUMBER + r"([eE](?P<power>[+-]?[0-9]{1,2})|(?P<suffix>[numkMGTPE]|[KMGTPE]i)?)"
SHAPE = Text(FORM, "an amount such as 250m, 1.5 or 128Mi")


class _Number:
    """An amount that YAML takes for a number, by the same form."""

    def check(self, value: Value) -> None:
        if not re.fullmatch(FORM, written(value)) or re.match("0[0-9]", written(value)):
            raise value.refuse("not a valid amount", expected=SHAPE.says)


QUANTITY = Either(_Number(), SHAPE)


def written(value: Value) -> str:
    """Return a number or a text as the file has it."""
    return str(getattr(value.node, "text", ""))


def amount(value: Value) -> Decimal:
    """Return a quantity as a number of its unit."""
    found = re.fullmatch(FORM, written(value))
    assert found
    number, suffix = Decimal(found["number"]), found["suffix"] or ""
    if suffix in BINARY:
        return number * Decimal(2 ** BINARY[suffix])
    return number.scaleb(int(found["power"] or 0) + SCALES[suffix])


def limits(resources: Record | None) -> Limits:
    """Read what a container may have at most."""
    found = resources.part("limits") if resources else None
    keys = found.keys if found else {}
    memory = int(amount(keys["memory"])) if "memory" in keys else None
    if memory is not None and memory < LEAST_MEMORY:
        words = "no container runs in this little memory"
        raise keys["memory"].refuse(words, expected="6Mi at least; m means thousandths, Mi 1024 times 1024")
    _refuse_greedy(resources)
    return Limits(cpus=float(amount(keys["cpu"])) if "cpu" in keys else None, memory=memory)


def _refuse_greedy(resources: Record | None) -> None:
    """Refuse a container that asks for more than it may have."""
    requests, limits = (resources.part(name) if resources else None for name in ("requests", "limits"))
    for name, asked in requests.keys.items() if requests else ():
        limit = limits.keys.get(name) if limits else None
        if limit and amount(asked) > amount(limit):
            raise asked.refuse("more is requested than the limit allows", expected=f"at most {written(limit)}")
