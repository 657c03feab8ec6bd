"""YAML with line numbers: bytes in, a tree of nodes out, each with its place.

Aliases and merge keys are followed here. What YAML lets pass (a key given twice, a tag, an anchor inside itself, a
second document, a file that unfolds into millions of keys) is refused. What the keys mean is for the tree's reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from capsize.stack.model import Location
from capsize.stack.refusal import StackFileError, shorten
from capsize.stack.scalars import Dialect, Kind, is_same_everywhere, resolve
from capsize.stack.yaml_events import LONGEST, documents, place_of

LARGEST = 256 * 1024
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


def load(file: Path) -> Node:
    """Read a Compose file into a tree. Raises StackFileError for what cannot be read, and for what is refused."""
    found = _documents(file, "compose")
    if not found:
        raise StackFileError("the file is empty", place=Location(file, 1))
    if len(found) > 1:
        words = "a second document starts here"
        raise StackFileError(words, place=found[1][0], expected="one document in a file")
    return found[0][1]


def load_all(file: Path) -> tuple[Node, ...]:
    """Read manifests, any number of documents, into a tree each."""
    return tuple(node for _, node in _documents(file, "kubernetes"))


def _documents(file: Path, dialect: Dialect) -> list[tuple[Location, Node]]:
    """Read each document: the line at which it starts, and its tree."""
    text = _text(file)
    try:
        found = documents(file, text)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(file, text, error) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise StackFileError("this is not YAML: it has a control character", place=Location(file, line)) from error
    return [(start, _Tree(file, dialect).node(node)) for start, node in found]


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
        expected=f"the block that begins in line {began} to be closed: look at brackets and indentation"
        if began < line
        else None,
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
    """Makes nodes with places of PyYAML's; what an alias repeats is made once."""

    def __init__(self, file: Path, dialect: Dialect) -> None:
        self.file, self.dialect = file, dialect
        self.made: dict[int, Node] = {}
        self.merged = 0

    def node(self, node: yaml.Node) -> Node:
        if id(node) not in self.made:
            self.made[id(node)] = self._make(node)
        return self.made[id(node)]

    def _make(self, node: yaml.Node) -> Node:
        place = place_of(self.file, node)
        if isinstance(node, yaml.ScalarNode):
            is_plain = not node.style
            return Scalar(place, node.value, resolve(node.value, self.dialect) if is_plain else "text")
        if isinstance(node, yaml.SequenceNode):
            return Items(place, tuple(self.node(item) for item in node.value))
        own: dict[str, tuple[Location, Node]] = {}
        for name, value in node.value:
            key = self.key(self.node(name))
            if key.text in own:
                words, first = f"the key {shorten(key.text)} is given twice", own[key.text][0].line
                raise StackFileError(words, place=place_of(self.file, name), expected=f"once (line {first} has it)")
            own[key.text] = (place_of(self.file, name), self.node(value))
        return Entries(place, self.merge(own))

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
            words = "merge keys (<<) expand to too many keys"
            raise StackFileError(words, place=place, expected=f"at most {LONGEST} keys")
        return merged
