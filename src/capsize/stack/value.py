"""A value of a stack's file at its key path: read as a text, a number, a duration, a list, a mapping, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from capsize.stack.interpolation import UnfilledError, fill
from capsize.stack.lines import Entries, Items, Node, Scalar
from capsize.stack.model import Location, Note
from capsize.stack.refusal import Findings, StackFileError, one_of, shorten
from capsize.stack.scalars import is_same_everywhere

WHOLE = re.compile(r"[0-9]{1,9}")
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6}
DURATION = re.compile("(?=.)" + "".join(rf"(?:([0-9]{{1,9}}(?:\.[0-9]{{1,9}})?){unit})?" for unit in UNITS))
LONGEST = 24 * 3600.0
UNSAFE = re.compile("[\0\ud800-\udfff]")
BARE = re.compile(r"[\w-]{1,40}")
T = TypeVar("T")


@dataclass(frozen=True)
class Value:
    """A node, where it stands, and the variables that fill in its texts; with None, a ``$`` is a ``$``.

    What is ``hidden`` is never quoted in a message. ``findings`` take in what ``attempt`` and ``entries`` refuse.
    """

    node: Node
    key: str
    place: Location
    variables: Mapping[str, str] | None
    hidden: bool = False
    findings: Findings = field(default_factory=Findings, compare=False, repr=False)

    def refuse(self, what: str, *, expected: str | None = None, got: str | None = None) -> StackFileError:
        """Make the error that names this value; the caller raises it."""
        return StackFileError(what, place=self.place, key=self.key, expected=expected, got=got or self.shown)

    def note(self, text: str) -> None:
        """Tell something of this value that the stack's timeline will say."""
        self.findings.notes.append(Note(self.place, text))

    def attempt(self, read: Callable[[Value], T], default: T) -> T:
        """Read this value; where it is refused, take that in and return the default."""
        return self.findings.attempt(lambda: read(self), default)

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

    def text(self, expected: str = "a text", *, also: tuple[str, ...] = ()) -> str:
        """Read a text, variables filled in; ``also`` names what else Docker takes here: a number, a bool.

        Such a number must be one that Docker writes as the file does.
        """
        node = self.node
        if not isinstance(node, Scalar) or node.kind == "null":
            raise self.refuse("this must be a text", expected=expected)
        is_taken = node.kind in also and (node.kind != "number" or is_same_everywhere(node.text))
        if node.kind != "text" and not is_taken:
            shown = "" if self.hidden else f': "{node.text[:40]}"'
            raise self.refuse(f"YAML takes this for a {node.kind}", expected=f"quotes around it{shown}")
        if node.kind == "bool":
            return node.text.lower()
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

    def written(self) -> str:
        """Read a scalar whose kind somebody else has checked, as the file has it."""
        return self.node.text if isinstance(self.node, Scalar) else self.text()

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
        text = self.text(expected, also=("number",))
        if not WHOLE.fullmatch(text) or not lowest <= int(text) <= highest:
            raise self.refuse("not a valid number here", expected=expected, got=shorten(text))
        return int(text)

    def flag(self) -> bool:
        """Read true or false."""
        if isinstance(self.node, Scalar) and self.node.kind == "bool" and self.node.text.lower() in ("true", "false"):
            return self.node.text.lower() == "true"
        return self.word(("true", "false")) == "true"

    def seconds(self, *, zero: bool = False) -> float:
        """Read a duration as Compose writes it (1m30s, 500ms) into seconds, at least a millisecond unless ``zero``."""
        expected = "a duration such as 500ms, 10s or 1m30s"
        text = self.text(expected, also=("number",))
        found = DURATION.fullmatch(text)
        if not found:
            raise self.refuse("this is not a duration", expected=expected, got=shorten(text))
        total = sum(float(part or 0) * each for part, each in zip(found.groups(), UNITS.values(), strict=True))
        if not 1e-3 <= total <= LONGEST and not (zero and total == 0):
            raise self.refuse("not a valid duration here", expected="1ms to 24h", got=shorten(text))
        return total

    def items(self, expected: str = "a list") -> tuple[Value, ...]:
        """Read a list."""
        if not isinstance(self.node, Items):
            raise self.refuse("this must be a list", expected=expected)
        return tuple(self._with(node, f"{self.key}[{at}]", node.place) for at, node in enumerate(self.node.nodes))

    def each(self, read: Callable[[Value], T], expected: str = "a list") -> tuple[T, ...]:
        """Read every item of a list, and take in all that are refused."""
        none: tuple[T, ...] = ()
        found = (item.attempt(lambda one: (read(one),), none) for item in self.items(expected))
        return tuple(one for ones in found for one in ones)

    def entries(
        self, known: Iterable[str] | None = None, *, free: str | None = None, elsewhere: Iterable[str] = ()
    ) -> dict[str, Value]:
        """Read a mapping. A key that is not ``known`` is refused, unless it starts with ``free`` (None: no such key).

        Without ``known`` the keys are names of the file's own. Keys that the format has ``elsewhere`` are no typing
        mistakes, and nothing is suggested for them.
        """
        if not isinstance(self.node, Entries):
            raise self.refuse("this must be a mapping", expected=None if known is None else f"keys: {', '.join(known)}")
        found = {key: self._child(key, place, node) for key, (place, node) in self.node.nodes.items()}
        if known is None:
            return found
        names = tuple(known)
        for key in [key for key in found if key not in names and not (free and key.startswith(free))]:
            words = "" if key in elsewhere else key
            what = "this key is not supported here" if key in elsewhere else "this key is not supported"
            accepted = (*names, f"{free}*") if free else names
            error = StackFileError(
                what, place=self.node.nodes[key][0], key=self._path(key), expected=one_of(words, accepted)
            )
            self.findings.refused.append(error)
            del found[key]
        return found

    def _with(self, node: Node, key: str, place: Location) -> Value:
        return Value(node, key, place, self.variables, self.hidden, self.findings)

    def _child(self, key: str, place: Location, node: Node) -> Value:
        return self._with(node, self._path(key), node.place if isinstance(node, Scalar) else place)

    def _path(self, key: str) -> str:
        if not BARE.fullmatch(key):
            return f"{self.key}[{shorten(key)}]"
        return f"{self.key}.{key}" if self.key else key
