"""The words of a refusal without what changes from run to run, so that two refusals can be compared."""

from __future__ import annotations

import re

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NUMBER = re.compile(r"(?<!\w)\d+(?:[.,:]\d+)*")
ONE_CASE = re.compile(r"\bN case\b")
REPEATED = re.compile(r"(?<!\w)(\S.+?)(?:(?:, | and )\1)+(?!\w)")


def without_numbers(words: str) -> str:
    """Put N for a number, ID for a UUID, and one thing for several that then read alike: two copies, three statuses."""
    return REPEATED.sub(r"\1", ONE_CASE.sub("N cases", NUMBER.sub("N", UUID.sub("ID", words))))
