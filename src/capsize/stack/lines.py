"""YAML with line numbers: bytes in, a tree of nodes out, each with its place.

Aliases and merge keys are followed here. What YAML lets pass (a key given twice, a tag, an anchor inside itself, a
second document, a file that unfolds into millions of keys) is refused. What the keys mean is for the tree's reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, DocumentStartEvent, Event, MappingStartEvent, ScalarEvent

from capsize.stack.model import Location
from capsize.stack.refusal import StackFileError, shorten
from capsize.stack.scalars import Dialect, Kind, is_same_everywhere, resolve

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 256 * 1024
DEEPEST = 24
LONGEST = 1000
MERGED = 20 * LONGEST
MERGE = "<<"


@dataclass(frozen=True)
class Scalar:
    """One value as it is written, and what YAML takes it for."""

    place: Location
    text: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Items:
    """A YAML list."""

    place: Location
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Entries:
    """A YAML mapping; each key has its own place, and merge keys are already in."""

    place: Location
    nodes: Mapping[str, tuple[Location, Node]]


Node = Scalar | Items | Entries
Made = TypeVar("Made")


def load(file: Path) -> Node:
    """Read a Compose file into a tree. Raises StackFileError for what cannot be read, and for what is refused."""
    return _parsed(file, "compose", _Tree.root)


def load_all(file: Path) -> tuple[Node, ...]:
    """Read manifests, any number of documents, into a tree each."""
    return _parsed(file, "kubernetes", _Tree.roots)


def _parsed(file: Path, dialect: Dialect, read: Callable[[_Tree], Made]) -> Made:
    text = _text(file)
    try:
        return read(_Tree(file, text, dialect))
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(file, text, error) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise StackFileError("this is not YAML: it has a control character", place=Location(file, line)) from error


def _not_yaml(file: Path, text: str, error: yaml.MarkedYAMLError) -> StackFileError:
    """Say where the parser gave up, and what it was in the middle of: an indentation goes wrong long before that."""
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    began = error.context_mark.line + 1 if error.context_mark else line
    source = (text.splitlines() or [""])[min(line, len(text.splitlines())) - 1]
    if "\t" in source[: len(source) - len(source.lstrip())]:
        return StackFileError(
            "this is not YAML: a tab indents this line", place=Location(file, line), expected="spaces"
        )
    return StackFileError(
        f"this is not YAML: {error.problem}",
        place=Location(file, line),
        expected=f"the end of what begins in line {began}: look at brackets and indentation" if began < line else None,
    )


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise StackFileError(f"cannot read this file: {words}", place=Location(file, 1)) from error
    if len(content) > LARGEST:
        raise StackFileError(
            "this file is too large", place=Location(file, 1), expected=f"at most {LARGEST // 1024} KB"
        )
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise StackFileError("this is not text", place=Location(file, line), expected="a file in UTF-8") from error


class _Tree:
    """Builds nodes from parser events, so that depth and size have a limit before they cost anything."""

    def __init__(self, file: Path, text: str, dialect: Dialect) -> None:
        self.file = file
        self.events: Iterator[Event] = yaml.parse(text, Loader=LOADER)
        self.anchors: dict[str, Node | None] = {}
        self.dialect = dialect
        self.merged = 0

    def root(self) -> Node:
        node = next(
            (self.node(self._next(), 1) for event in self.events if isinstance(event, DocumentStartEvent)), None
        )
        if node is None:
            raise StackFileError("the file is empty", place=Location(self.file, 1))
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                raise self.refuse(event, "a second document starts here", "one document in a file")
        return node

    def roots(self) -> tuple[Node, ...]:
        found: list[Node] = []
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                self.anchors.clear()
                found.append(self.node(self._next(), 1))
            if len(found) > LONGEST:
                raise self.refuse(event, "these are too many documents", f"at most {LONGEST}")
        return tuple(found)

    def refuse(self, event: Event, what: str, expected: str) -> StackFileError:
        return StackFileError(what, place=self.place(event), expected=expected)

    def place(self, event: Event) -> Location:
        return Location(self.file, event.start_mark.line + 1 if event.start_mark else 1)

    def node(self, event: Event, depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self.alias(event)
        if depth > DEEPEST:
            raise self.refuse(event, "this is nested too deeply", f"at most {DEEPEST} levels")
        anchor, tag = event.anchor, event.tag  # type: ignore[attr-defined]  # every node's event has both
        if tag not in (None, "!"):
            raise self.refuse(event, f"the tag {shorten(tag)} is not supported", "a plain value")
        if anchor:
            self.anchors[anchor] = None
        made = self.scalar(event) if isinstance(event, ScalarEvent) else self.collection(event, depth)
        if anchor:
            self.anchors[anchor] = made
        return made

    def alias(self, event: Event) -> Node:
        name: str = event.anchor  # type: ignore[attr-defined]  # an alias has one
        if name not in self.anchors:
            raise self.refuse(event, f"*{name} names nothing", f"an anchor &{name} above this line")
        found = self.anchors[name]
        if found is None:
            raise self.refuse(event, f"*{name} stands inside the value that &{name} names", "a value that ends")
        return found

    def scalar(self, event: ScalarEvent) -> Scalar:
        kind: Kind = resolve(event.value, self.dialect) if event.implicit[0] else "text"
        return Scalar(self.place(event), event.value, kind)

    def collection(self, event: Event, depth: int) -> Items | Entries:
        if isinstance(event, MappingStartEvent):
            return self.entries(event, depth)
        return Items(self.place(event), tuple(self.node(inner, depth + 1) for inner in self._inside(event)))

    def entries(self, event: Event, depth: int) -> Entries:
        own: dict[str, tuple[Location, Node]] = {}
        for key_event in self._inside(event):
            key = self.key(self.node(key_event, depth + 1))
            if key.text in own:
                first = own[key.text][0].line
                raise self.refuse(
                    key_event, f"the key {shorten(key.text)} is given twice", f"once (line {first} has it)"
                )
            own[key.text] = (self.place(key_event), self.node(self._next(), depth + 1))
        return Entries(self.place(event), self.merge(own))

    def key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            raise StackFileError("a key must be a word", place=node.place, got="a list or a mapping")
        is_number = self.dialect == "kubernetes" and node.kind == "number" and is_same_everywhere(node.text)
        if node.kind != "text" and not is_number:
            raise StackFileError(
                f"YAML takes the key {node.text or '(nothing)'} for a {node.kind}",
                place=node.place,
                expected=f'a word; in quotes ("{node.text}") it is one',
            )
        return node

    def merge(self, own: dict[str, tuple[Location, Node]]) -> dict[str, tuple[Location, Node]]:
        if MERGE not in own:
            return own
        place, node = own.pop(MERGE)
        merged: dict[str, tuple[Location, Node]] = {}
        for source in reversed(node.nodes) if isinstance(node, Items) else (node,):
            if not isinstance(source, Entries):
                raise StackFileError("<< can only merge mappings", place=place, expected="<<: *name, of a mapping")
            merged.update(source.nodes)
            self.merged += len(source.nodes)
        merged.update(own)
        if len(merged) > LONGEST or self.merged > MERGED:
            raise StackFileError("the merge keys unfold into too much", place=place, expected=f"{LONGEST} keys at most")
        return merged

    def _next(self) -> Event:
        return next(self.events)

    def _inside(self, start: Event) -> Iterator[Event]:
        for count in range(LONGEST + 1):
            if isinstance(event := self._next(), CollectionEndEvent):
                return
            if count == LONGEST:
                raise self.refuse(start, "this holds too much", f"at most {LONGEST} entries")
            yield event
