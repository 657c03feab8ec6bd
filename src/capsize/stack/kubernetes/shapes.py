"""What a field of a manifest may hold, as small tables, and the one walk that holds a document against them.

The API server's strict decoding is the model: an unknown field is refused, and a number is not a text. null is as if
the field were not there.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from capsize.stack.lines import Entries, Scalar
from capsize.stack.refusal import StackFileError, one_of, shorten
from capsize.stack.value import Value

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,9})")


class Shape(Protocol):
    """What a value may be. ``check`` raises StackFileError for one that is something else."""

    def check(self, value: Value) -> None: ...


@dataclass(frozen=True)
class Text:
    """A text, of some pattern or among some words. ``says`` is what a message expects."""

    pattern: str = "(?s:.*)"
    says: str = "a text"
    among: tuple[str, ...] = ()
    longest: int = 256 * 1024
    instead: Mapping[str, str] = field(default_factory=dict)  # a value that Kubernetes has and the kit does not: why

    def check(self, value: Value) -> None:
        text = _scalar(value, "text", one_of("", self.among) if self.among else self.says)
        value.text(self.says)
        if text in self.instead:
            raise value.refuse(self.instead[text], expected=one_of("", self.among))
        if self.among and text not in self.among:
            raise value.refuse("this is not known", expected=one_of(text, self.among))
        if not re.fullmatch(self.pattern, text) or len(text) > self.longest:
            raise value.refuse("not a valid value", expected=self.says)


@dataclass(frozen=True)
class Whole:
    """A whole number between two limits; 0 beside them where the API server takes it for the default."""

    lowest: int = 0
    highest: int = 2**31 - 1
    or_zero: bool = False

    def check(self, value: Value) -> None:
        expected = f"a whole number from {self.lowest} to {self.highest}"
        text = _scalar(value, "number", expected)
        is_default = self.or_zero and text == "0"
        if not is_default and (not INTEGER.fullmatch(text) or not self.lowest <= int(text) <= self.highest):
            raise value.refuse("not a valid number here", expected=expected)


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def check(self, value: Value) -> None:
        _scalar(value, "bool", "true or false, without quotes")


@dataclass(frozen=True)
class Either:
    """A number by one shape or a text by another, as Kubernetes' IntOrString."""

    number: Shape
    text: Shape

    def check(self, value: Value) -> None:
        is_number = isinstance(value.node, Scalar) and value.node.kind == "number"
        (self.number if is_number else self.text).check(value)


@dataclass(frozen=True)
class Each:
    """A list; ``unique`` names the field by which two of its objects must differ."""

    shape: Shape
    unique: str = ""
    fewest: int = 0

    def check(self, value: Value) -> None:
        items = value.items()
        if len(items) < self.fewest:
            raise value.refuse("this list is empty", expected=f"at least {self.fewest}")
        for item in items:
            item.attempt(self.shape.check, None)
        if self.unique:
            _refuse_twins(items, self.unique)


@dataclass(frozen=True)
class Names:
    """A mapping whose keys are the file's own names."""

    shape: Shape
    key: Text = Text()
    hidden: bool = False

    def check(self, value: Value) -> None:
        for name, each in value.entries().items():
            replace(each, hidden=False).attempt(functools.partial(self._check_key, name), None)
            replace(each, hidden=self.hidden).attempt(self.shape.check, None)

    def _check_key(self, name: str, value: Value) -> None:
        if not re.fullmatch(self.key.pattern, name) or len(name) > self.key.longest:
            raise value.refuse("not a valid key here", expected=self.key.says, got=shorten(name))


@dataclass(frozen=True)
class Fields:
    """An object: its fields, those that must be there, and those that Kubernetes has and the kit does not read."""

    fields: Mapping[str, Shape]
    needed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()  # just one of these must be there
    or_none: bool = False  # or none of them

    def check(self, value: Value) -> None:
        if not isinstance(value.node, Entries):
            raise value.refuse("this must be a mapping", expected=f"fields: {', '.join(self.fields)}")
        self._refuse_strangers(value, value.node)
        present = {name: each for name, each in value.entries().items() if name in self.fields and not each.is_nothing}
        for name, each in present.items():
            each.attempt(self.fields[name].check, None)
        for name in self.needed:
            if name not in present:
                raise value.refuse(f"{name} is missing", expected=f"{name}:", got=", ".join(present) or "nothing")
        self._refuse_choice([name for name in self.one_of if name in present], value)

    def _refuse_strangers(self, value: Value, node: Entries) -> None:
        for name, each in value.entries().items():
            if name in self.fields:
                continue
            what = "this field is not supported here" if name in self.unread else "there is no such field"
            expected = one_of("" if name in self.unread else name, self.fields)
            error = StackFileError(what, place=node.nodes[name][0], key=each.key, expected=expected, got=name)
            value.findings.refused.append(error)

    def _refuse_choice(self, chosen: list[str], value: Value) -> None:
        if self.one_of and len(chosen) != 1 and (chosen or not self.or_none):
            what = f"{len(chosen)} of these are given" if chosen else "none of these is given"
            raise value.refuse(what, expected=f"just one of {', '.join(self.one_of)}", got=", ".join(chosen) or "none")


def _scalar(value: Value, kind: str, expected: str) -> str:
    node = value.node
    if isinstance(node, Scalar) and node.kind == kind:
        return node.text
    if not isinstance(node, Scalar) or node.kind == "null":
        raise value.refuse(f"this must be a {kind}", expected=expected)
    if kind == "text":
        shown = "" if value.hidden else f': "{node.text[:40]}"'
        raise value.refuse(
            f"YAML takes this for a {node.kind}", expected=f"{expected}; quotes around it make it one{shown}"
        )
    raise value.refuse(f"this is a {node.kind}, and must be a {kind}", expected=expected)


def _refuse_twins(items: tuple[Value, ...], by: str) -> None:
    seen: dict[str, Value] = {}
    for item in items:
        named = item.entries().get(by)
        if named is None or named.is_nothing:
            continue
        if (name := named.text()) in seen:
            line = seen[name].place.line
            raise named.refuse(f"this {by} is given twice", expected=f"once (line {line} has it)")
        seen[name] = named
