"""What values look like, as a JSON schema: the types that were met, and the fields of objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array"}


def schema_of(values: list[Any], required: Callable[[list[dict[str, Any]]], list[str]]) -> dict[str, Any]:
    """Return a schema that fits these values; ``required`` says which fields of some objects have to be there."""
    types = sorted({TYPES.get(type(value), "null") for value in values})
    schema: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        names = sorted({name for one in objects for name in one})
        fields = {name: [one[name] for one in objects if name in one] for name in names}
        schema["properties"] = {name: schema_of(found, required) for name, found in fields.items()}
        schema["required"] = required(objects)
    return schema
