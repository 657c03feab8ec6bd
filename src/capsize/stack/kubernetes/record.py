"""An object of a manifest whose form has been checked: its fields by name, with what holds where one is not given."""

from __future__ import annotations

from typing import TypeVar, overload

from capsize.stack.refusal import StackFileError
from capsize.stack.value import Value

T = TypeVar("T")


class Record:
    """An object, its fields without those that are null, and the words that refuse one of them."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self.keys = {name: each for name, each in value.entries().items() if not each.is_nothing}

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    @overload
    def text(self, key: str) -> str: ...
    @overload
    def text(self, key: str, default: T) -> str | T: ...
    def text(self, key: str, default: object = "") -> object:
        return self.keys[key].written() if key in self.keys else default

    def whole(self, key: str, default: int) -> int:
        return int(self.keys[key].written()) if key in self.keys else default

    def flag(self, key: str) -> bool:
        return key in self.keys and self.keys[key].written().lower() in ("true", "y", "yes", "on")

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(item.text() for item in self.keys[key].items()) if key in self.keys else ()

    def mapping(self, key: str) -> dict[str, str]:
        part = self.part(key)
        return {name: each.text() for name, each in part.keys.items()} if part else {}

    def part(self, key: str) -> Record | None:
        return Record(self.keys[key]) if key in self.keys else None

    def needed(self, key: str) -> Record:
        return Record(self.keys[key])

    def parts(self, key: str) -> tuple[Record, ...]:
        return tuple(Record(item) for item in self.keys[key].items()) if key in self.keys else ()

    def refuse(self, key: str, what: str, *, expected: str, got: str | None = None) -> StackFileError:
        """Make the error that names a field of this object; the caller raises it."""
        return self.keys.get(key, self.value).refuse(what, expected=expected, got=got)
