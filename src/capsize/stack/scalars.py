"""What a plain scalar is for the programs that read these files elsewhere: a text, a number, a bool, nothing, a date.

Docker Compose reads with go.yaml.in/yaml v3 (YAML 1.2 with the octals of 1.1), kubectl with sigs.k8s.io/yaml, which
is yaml.v2: ``y`` and ``off`` are bools there, and a date is a text. For both ``1e3``, ``08`` and ``0o644`` are numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Literal

Kind = Literal["text", "number", "bool", "null", "date"]
Dialect = Literal["compose", "kubernetes"]

NULLS = ("", "~", "null", "Null", "NULL")
BOOLS = ("true", "True", "TRUE", "false", "False", "FALSE")
OLD_BOOLS = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF"]
WORDS: Mapping[str, Kind] = {
    **dict.fromkeys(NULLS, "null"),
    **dict.fromkeys(BOOLS, "bool"),
    **{f"{sign}.{word}": "number" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "number"),
}
KUBERNETES_WORDS: Mapping[str, Kind] = {**WORDS, **dict.fromkeys(OLD_BOOLS, "bool")}

NUMERIC = re.compile(r"[-+.0-9]")  # what can begin a number or a date
INTEGER = re.compile(r"[-+]?(0[bB][01]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
CLOCK = r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?"
DATE = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}})([Tt]{CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})| +{CLOCK})?")
LARGEST = 400  # digits: more make no number that Go knows, and cost Python time


def resolve(text: str, dialect: Dialect) -> Kind:
    """Return what a plain scalar of this text is."""
    words = WORDS if dialect == "compose" else KUBERNETES_WORDS
    if text in words:
        return words[text]
    if not NUMERIC.match(text):
        return "text"
    if dialect == "compose" and _is_date(text):
        return "date"
    return "number" if _is_number(text, dialect) else "text"


def is_same_everywhere(number: str) -> bool:
    """Say whether Go prints a number as it is written: 8000 and 1.5, not 1e3, 08, 1.10 or -0."""
    if re.fullmatch(r"-?[1-9][0-9]{0,19}|0", number):
        return -(2**63) <= int(number) < 2**64
    return len(number) < LARGEST and re.fullmatch(r"-?[0-9]+\.[0-9]+", number) is not None and _shortest(number)


def _shortest(number: str) -> bool:
    return repr(float(number)) == number and float(number) != round(float(number))


def _is_number(text: str, dialect: Dialect) -> bool:
    plain = text if text.startswith(".") else text.replace("_", "")
    if len(plain) < LARGEST and INTEGER.fullmatch(plain) and (dialect == "kubernetes" or _fits(plain)):
        return True
    return FLOAT.fullmatch(plain) is not None and not math.isinf(float(plain))


def _fits(integer: str) -> bool:
    """Say whether Go has an integer of this size."""
    digits = integer.lstrip("+-")
    value = int(digits, 8) if re.fullmatch("0[0-7]+", digits) else int(digits, 0)
    return value <= (2**63 if integer[0] == "-" else 2**63 - 1 if integer[0] == "+" else 2**64 - 1)


def _is_date(text: str) -> bool:
    found = DATE.fullmatch(text)
    if not found:
        return False
    try:
        date(*(int(found[part]) for part in (1, 2, 3)))
    except ValueError:
        return found[1] == "0000"
    return True
