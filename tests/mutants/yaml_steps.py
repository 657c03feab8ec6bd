"""Small steps in YAML: an entry or an item taken away, a number, a word, a flag."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator

import yaml

from mutants.step import Step

NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h|%)?")
FLAGS = {"true": "false", "false": "true"}


def steps(source: str) -> Iterator[Step]:
    """Yield all small steps in all documents of a text; what an alias repeats is changed once."""
    seen = set[int]()
    for document in yaml.compose_all(source, yaml.SafeLoader):
        yield from _of(document, seen)


def meaning(text: str) -> Hashable:
    """Return what a text says; None where it is not YAML."""
    try:
        return repr(list(yaml.load_all(text, yaml.BaseLoader)))
    except yaml.YAMLError:
        return None


def _of(node: yaml.Node, seen: set[int]) -> Iterator[Step]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        entries = [(key.start_mark.index, value.end_mark.index, key.value) for key, value in node.value]
        yield from _taken_away(entries, node.flow_style)
        for _, value in node.value:
            yield from _of(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        items = [(item.start_mark.index, item.end_mark.index, f"item {n}") for n, item in enumerate(node.value, 1)]
        yield from _taken_away(items, node.flow_style)
        for item in node.value:
            yield from _of(item, seen)
    elif isinstance(node, yaml.ScalarNode):
        yield from _other_words(node)


def _taken_away(parts: list[tuple[int, int, str]], flow: bool) -> Iterator[Step]:
    """Take away each part of a collection, with what separates it from the next, or else from the one before."""
    for number, (start, end, name) in enumerate(parts):
        if number + 1 < len(parts):
            yield Step(start, parts[number + 1][0], "", f"{name} away")
        elif number > 0:
            yield Step(parts[number - 1][1] if flow else start, end, "", f"{name} away")
        elif flow:
            yield Step(start, end, "", f"{name} away")


def _other_words(node: yaml.ScalarNode) -> Iterator[Step]:
    """Put another value in a scalar's place; a block of lines stays."""
    start, end, said = node.start_mark.index, node.end_mark.index, node.value
    if node.style not in (None, '"', "'"):
        return
    for other in _others(said):
        new = other if node.style is None and not other.startswith(("{", "[")) else json.dumps(other)
        yield Step(start, end, new, f"{said} becomes {other}")


def _others(said: str) -> Iterator[str]:
    number = NUMBER.fullmatch(said)
    if said in FLAGS:
        yield FLAGS[said]
    elif number and "." in said:
        yield f"{2 * float(number['number']):g}{number['unit'] or ''}"
        yield f"0{number['unit'] or ''}"
    elif number:
        yield f"{int(number['number']) + 1}{number['unit'] or ''}"
        if int(number["number"]):
            yield f"{int(number['number']) - 1}{number['unit'] or ''}"
    elif said:
        yield f"{said}x"
