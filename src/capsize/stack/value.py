"""A value of a stack's file at its key path: read as a text, a number, a duration, a list, a mapping, or refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from capsize.stack.interpolation import UnfilledError, fill
from capsize.stack.lines import Entries, Items, Node, Scalar
from capsize.stack.model import Location
from capsize.stack.refusal import StackFileError, one_of, shorten

PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
WHOLE = re.compile(r"[0-9]{1,9}")
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6}
DURATION = re.compile("(?=.)" + "".join(rf"(?:([0-9]{{1,9}}(?:\.[0-9]{{1,9}})?){unit})?" for unit in UNITS))
LONGEST = 24 * 3600.0
UNSAFE = re.compile("[\0\ud800-\udfff]")
BARE = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True)
class Value:
    """A node, where it stands, and the variables that fill in its texts; with None, a ``$`` is a ``$``.

    What is ``hidden`` is never quoted in a message.
    """

    node: Node
    key: str
    place: Location
    variables: Mapping[str, str] | None
    hidden: bool = False

    def refuse(self, what: str, *, expected: str | None = None, got: str | None = None) -> StackFileError:
        """Make the error that names this value; the caller raises it."""
        return StackFileError(what, place=self.place, key=self.key, expected=expected, got=got or self.shown)

    @property
    def shown(self) -> str:
        """This value as a message quotes it."""
        if self.hidden and isinstance(self.node, Scalar):
            return f"a {self.node.kind} that is not shown"
        if isinstance(self.node, Scalar):
            return "nothing" if self.node.kind == "null" else shorten(self.node.text)
        return "a list" if isinstance(self.node, Items) else "a mapping"

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, Items)

    @property
    def is_text(self) -> bool:
        return isinstance(self.node, Scalar) and self.node.kind != "null"

    @property
    def is_nothing(self) -> bool:
        return isinstance(self.node, Scalar) and self.node.kind == "null"

    def text(self, expected: str = "a text") -> str:
        """Read a text, variables filled in; a number counts where every YAML reader writes it the same way."""
        node = self.node
        if not isinstance(node, Scalar) or node.kind == "null":
            raise self.refuse("this must be a text", expected=expected)
        if node.kind in ("bool", "date") or (node.kind == "number" and not PLAIN.fullmatch(node.text)):
            shown = "" if self.hidden else f': "{node.text[:40]}"'
            raise self.refuse(f"YAML takes this for a {node.kind}", expected=f"quotes around it{shown}")
        if self.variables is None:
            return self._safe(node.text, expected)
        try:
            filled = fill(node.text, self.variables)
        except UnfilledError as error:
            raise self.refuse(error.what, expected=error.expected) from error
        return self._safe(filled, expected)

    def _safe(self, text: str, expected: str) -> str:
        if UNSAFE.search(text):
            raise self.refuse("a character that no process can be given", expected=expected)
        return text

    def word(self, known: Iterable[str]) -> str:
        """Read one of the known words."""
        known = tuple(known)
        text = self.text(one_of("", known))
        if text not in known:
            raise self.refuse("this is not known", expected=one_of(text, known), got=shorten(text))
        return text

    def whole(self, lowest: int, highest: int) -> int:
        """Read a whole number between two limits."""
        expected = f"a whole number from {lowest} to {highest}"
        text = self.text(expected)
        if not WHOLE.fullmatch(text) or not lowest <= int(text) <= highest:
            raise self.refuse("this number does not do", expected=expected, got=shorten(text))
        return int(text)

    def flag(self) -> bool:
        """Read true or false."""
        if isinstance(self.node, Scalar) and self.node.kind == "bool" and self.node.text.lower() in ("true", "false"):
            return self.node.text.lower() == "true"
        return self.word(("true", "false")) == "true"

    def seconds(self, *, zero: bool = False) -> float:
        """Read a duration as Compose writes it (1m30s, 500ms) into seconds, at least a millisecond unless ``zero``."""
        expected = "a duration such as 500ms, 10s or 1m30s"
        text = self.text(expected)
        found = DURATION.fullmatch(text)
        if not found:
            raise self.refuse("this is not a duration", expected=expected, got=shorten(text))
        total = sum(float(part or 0) * each for part, each in zip(found.groups(), UNITS.values(), strict=True))
        if not 1e-3 <= total <= LONGEST and not (zero and total == 0):
            raise self.refuse("this duration does not do", expected="1ms to 24h", got=shorten(text))
        return total

    def items(self, expected: str = "a list") -> tuple[Value, ...]:
        """Read a list."""
        if not isinstance(self.node, Items):
            raise self.refuse("this must be a list", expected=expected)
        return tuple(
            Value(node, f"{self.key}[{at}]", node.place, self.variables, self.hidden)
            for at, node in enumerate(self.node.nodes)
        )

    def entries(self, known: Iterable[str] | None = None, *, free: str | None = None) -> dict[str, Value]:
        """Read a mapping. A key that is not ``known`` is refused, unless it starts with ``free`` (None: no such key).

        Without ``known`` the keys are names of the file's own.
        """
        if not isinstance(self.node, Entries):
            raise self.refuse("this must be a mapping", expected=None if known is None else f"keys: {', '.join(known)}")
        for key, (place, _) in self.node.nodes.items():
            if known is not None and key not in known and not (free and key.startswith(free)):
                words, expected = "this key is not supported", one_of(key, known)
                raise StackFileError(words, place=place, key=self._path(key), expected=expected)
        return {key: self._child(key, place, node) for key, (place, node) in self.node.nodes.items()}

    def _child(self, key: str, place: Location, node: Node) -> Value:
        return Value(
            node, self._path(key), node.place if isinstance(node, Scalar) else place, self.variables, self.hidden
        )

    def _path(self, key: str) -> str:
        if not BARE.fullmatch(key):
            return f"{self.key}[{shorten(key)}]"
        return f"{self.key}.{key}" if self.key else key
