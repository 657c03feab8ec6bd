"""``${VAR}`` in a Compose file: the forms that both docker-compose 1.29 and v2 know, and no others.

A variable that nobody has set is refused, where Compose would warn and go on with nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FORMS = "$NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message}, ${NAME?message}; $$ is a dollar sign"
DOLLAR = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<bare>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<rule>:?[-?])(?P<word>[^{}]*))?\}|(?P<wrong>))"
)


class UnfilledError(ValueError):
    """A text that cannot be filled in: what is wrong, and what would do."""

    def __init__(self, what: str, expected: str) -> None:
        super().__init__(what)
        self.what, self.expected = what, expected


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Put variables into a text. Raises UnfilledError for a missing variable and for an unknown form."""
    return DOLLAR.sub(lambda found: _value(found, variables), text)


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found["escaped"]:
        return "$"
    name, rule = found["bare"] or found["name"], found["rule"] or ""
    if name is None:
        raise UnfilledError("a $ that starts no variable", FORMS)
    value = variables.get(name)
    if value is not None and (value or not rule.startswith(":")):
        return value
    if rule.endswith("-"):
        return found["word"]
    raise _missing(name, found["word"] if rule else "")


def _missing(name: str, message: str) -> UnfilledError:
    words = f"${{{name}}} is not set and has no default" + (f": {message}" if message else "")
    return UnfilledError(words, f"{name} in the environment, or ${{{name}:-default}}; $${name} for a literal ${name}")
