"""``${VAR}`` in a Compose file: Docker Compose's forms, nested ones too.

A variable that nobody has set is refused, where Compose would warn and go on with nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FORMS = (
    "$NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message}, ${NAME?message}, ${NAME:+text}, "
    "${NAME+text}; $$ is a dollar sign"
)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RULE = re.compile(r":?[-?+]")
DEEPEST = 8


class UnfilledError(ValueError):
    """A text that cannot be filled in: what is wrong, and what would do."""

    def __init__(self, what: str, expected: str) -> None:
        super().__init__(what)
        self.what, self.expected = what, expected


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Put variables into a text. Raises UnfilledError for a missing variable and for an unknown form."""
    return _Filling(text, variables).text() if "$" in text else text


class _Filling:
    """One pass over a text; ``at`` is the next character that it has not read."""

    def __init__(self, source: str, variables: Mapping[str, str]) -> None:
        self.source, self.variables, self.at = source, variables, 0

    def text(self, depth: int = 0) -> str:
        """Read up to the end, or within braces up to the one that closes them."""
        found, braces = [], 0
        while self.at < len(self.source):
            mark = self.source[self.at]
            if depth and mark == "}" and not braces:
                break
            braces += {"{": 1, "}": -1}.get(mark, 0)
            self.at += 1
            found.append(self.variable(depth) if mark == "$" else mark)
        return "".join(found)

    def variable(self, depth: int) -> str:
        if self.source.startswith("$", self.at):
            self.at += 1
            return "$"
        if depth == DEEPEST:
            raise UnfilledError("variables in variables in variables", f"{DEEPEST} levels at most")
        if not self.source.startswith("{", self.at):
            return self.value(self.name(), "", None)
        self.at += 1
        name, rule = self.name(), RULE.match(self.source, self.at)
        self.at = rule.end() if rule else self.at
        word = None
        if rule and rule[0].strip(":") != "+" and self.is_set(name, rule[0]):
            self.skip(depth)
        elif rule:
            word = self.text(depth + 1)
        if not self.source.startswith("}", self.at):
            raise UnfilledError(f"${{{name} is not closed, or not one of the forms", FORMS)
        self.at += 1
        return self.value(name, rule[0] if rule else "", word)

    def skip(self, depth: int) -> None:
        """Pass over a word that is not needed: what is not set in it does not matter."""
        lenient = _Filling(self.source, _AllSet())
        lenient.at = self.at
        lenient.text(depth + 1)
        self.at = lenient.at

    def name(self) -> str:
        found = NAME.match(self.source, self.at)
        if not found:
            raise UnfilledError("this $ starts no variable", FORMS)
        self.at = found.end()
        return found[0]

    def is_set(self, name: str, rule: str) -> bool:
        return bool(self.variables.get(name)) if rule.startswith(":") else name in self.variables

    def value(self, name: str, rule: str, word: str | None) -> str:
        if rule.endswith("+"):
            return word or "" if self.is_set(name, rule) else ""
        if self.is_set(name, rule):
            return self.variables[name]
        if rule.endswith("-"):
            return word or ""
        words = f"${{{name}}} is not set and has no default" + (f": {word}" if word else "")
        expected = f"{name} in the environment, or ${{{name}:-default}}; $${name} for a literal ${name}"
        raise UnfilledError(words, expected)


class _AllSet(dict[str, str]):
    """Variables that are all set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return "set"

    def get(self, name: str, default: object = None) -> str:
        return "set"
