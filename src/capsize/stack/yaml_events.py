"""YAML's events, looked at before anything is made of them, so that depth and size have a limit before they cost.

PyYAML's composer then makes nodes of the same events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from yaml.resolver import BaseResolver

from capsize.stack.model import Location
from capsize.stack.refusal import StackFileError, shorten

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 64  # a policy of Envoy that names who may do what by and within or is some thirty levels deep
LONGEST = 1000


def documents(file: Path, text: str) -> list[tuple[Location, yaml.Node]]:
    """Return each document: the line at which it starts, and its node. Raises StackFileError beyond a limit."""
    scan, events = _Scan(file), list[Event]()
    for event in yaml.parse(text, Loader=LOADER):
        scan.take(event)
        events.append(event)
    starts = [place_of(file, event) for event in events if isinstance(event, DocumentStartEvent)]
    return list(zip(starts, _Composer(events).nodes(), strict=True))


def place_of(file: Path, at: Event | yaml.Node) -> Location:
    """Return where an event or a node starts."""
    return Location(file, at.start_mark.line + 1 if at.start_mark else 1)


class _Scan:
    """One pass over the parser's events before anything is made of them: depth, size, anchors and tags have limits."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.documents = 0
        self.depth: list[tuple[Event, int]] = []  # what is open, and how much it may still hold
        self.open: list[str | None] = []  # the anchors of what is open
        self.names: dict[str, str] = {}  # what each anchor is called here: it may be defined again, as in Go's YAML
        self.anchors = 0

    def take(self, event: Event) -> None:
        """Look at one event. Raises StackFileError where it leads beyond a limit."""
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            self.names.clear()
            if self.documents > LONGEST:
                raise self.refuse(event, "too many documents", f"at most {LONGEST}")
        elif isinstance(event, CollectionEndEvent):
            self.depth.pop()
            self.open.pop()
        elif isinstance(event, NodeEvent):
            self._count()
            self._node(event)

    def refuse(self, event: Event, what: str, expected: str) -> StackFileError:
        return StackFileError(what, place=place_of(self.file, event), expected=expected)

    def _count(self) -> None:
        if self.depth:
            start, left = self.depth[-1]
            if not left:
                raise self.refuse(start, "this holds too much", f"at most {LONGEST} entries")
            self.depth[-1] = start, left - 1

    def _node(self, event: NodeEvent) -> None:
        if isinstance(event, AliasEvent):
            self._alias(event)
            return
        if len(self.depth) >= DEEPEST:
            raise self.refuse(event, "this is nested too deeply", f"at most {DEEPEST} levels")
        tag: str | None = event.tag  # type: ignore[attr-defined]  # every event of a node but an alias has one
        if tag is not None:
            raise self.refuse(event, f"the tag {shorten(tag)} is not supported", "a plain value")
        if event.anchor:
            self.anchors += 1
            self.names[event.anchor] = event.anchor = f"{event.anchor} {self.anchors}"
        if not isinstance(event, ScalarEvent):
            self.depth.append((event, LONGEST * (2 if isinstance(event, MappingStartEvent) else 1)))
            self.open.append(event.anchor)

    def _alias(self, event: AliasEvent) -> None:
        name = event.anchor
        if name not in self.names:
            raise self.refuse(event, f"*{name} refers to nothing", f"an anchor &{name} above this line")
        event.anchor = self.names[name]
        if event.anchor in self.open:
            raise self.refuse(event, f"*{name} refers to a value that contains it", "a value that ends above this line")


class _Composer(Composer, BaseResolver):
    """PyYAML's composer over events that have been looked at."""

    def __init__(self, events: Iterable[Event]) -> None:
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.events = deque(events)

    def check_event(self, *kinds: type[Event]) -> bool:
        return bool(self.events) and (not kinds or isinstance(self.events[0], kinds))

    def peek_event(self) -> Event:
        return self.events[0]

    def get_event(self) -> Event:
        return self.events.popleft()

    def nodes(self) -> Iterator[yaml.Node]:
        while self.check_node():
            if node := self.get_node():
                yield node
