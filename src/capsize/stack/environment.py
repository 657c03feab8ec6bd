"""``environment`` of a Compose service: a mapping or a list; and the one variable that the kit itself reads, PORT."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from capsize.stack.ports import HIGHEST
from capsize.stack.refusal import shorten
from capsize.stack.value import Value


def environment(value: Value) -> Mapping[str, str]:
    """Read variables. One without a value has that of the variables that fill in the file, if it is among them."""
    found: dict[str, str] = {}
    given = value.variables or {}
    for name, item, text in _lines(value) if value.is_list else _entries(value):
        if text is None and name not in given:
            item.note(f"{name} has no value, and is not set")
        else:
            found[name] = given[name] if text is None else text
    return found


def _entries(value: Value) -> Iterator[tuple[str, Value, str | None]]:
    for name, item in value.entries().items():
        if item.attempt(functools.partial(_refuse_name, name), False):
            yield name, item, item.attempt(_setting, None)


def _setting(value: Value) -> str | None:
    return None if value.is_nothing else value.text('a text; "" for an empty one', also=("number", "bool"))


def _lines(value: Value) -> Iterator[tuple[str, Value, str | None]]:
    names: set[str] = set()
    for item in value.items():
        name, equals, text = item.attempt(lambda one: one.text("NAME=value"), "-").partition("=")
        if name in names:
            raise item.refuse("this name is given twice", expected=f"{name}=value, once")
        names |= {name} - {"-"}
        if name != "-" and item.attempt(functools.partial(_refuse_name, name), False):
            yield name, item, text if equals else None


def _refuse_name(name: str, value: Value) -> bool:
    if not name or "=" in name or not name.isprintable():
        raise value.refuse("this cannot name a variable", expected="NAME: value", got=shorten(name))
    return True


def port(value: Value, found: Mapping[str, str]) -> None:
    """Refuse a PORT at which nothing could listen."""
    said = found.get("PORT")
    if said is not None and not (said.isascii() and said.isdecimal() and 1 <= int(said[:9]) <= HIGHEST):
        keys = {} if value.is_list else value.entries() if not value.is_text else {}
        expected = f"a number from 1 to {HIGHEST}: the port at which this service listens"
        raise keys.get("PORT", value).refuse("PORT is not a port", expected=expected, got=shorten(said))
