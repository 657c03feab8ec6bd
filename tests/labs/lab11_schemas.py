"""Exercise 11.2: events from which a schema is discovered, and changes of schemas that break somebody or nobody."""

from __future__ import annotations

import copy
import random
import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from capsize.check import Judge
from workbench.labs.events_control import BusSide

DISCOVERED, REFUSED, DEEP, TAKEN = 1, 2, 3, 4  # the acceptance lines
KINDS = ("string", "integer", "boolean", "array")
JSON_SCHEMA = Draft202012Validator(Draft202012Validator.META_SCHEMA)
Schema = dict[str, Any]


class Registry:
    """The learner's registry, behind its own doors and behind the bus."""

    def __init__(self, judge: Judge, side: BusSide, door: httpx.AsyncClient) -> None:
        self.judge, self.side, self.door, self.draw = judge, side, door, judge.draw
        judge.point(look="def breaks")
        self.count = 0

    # line 1

    async def judge_discovery(self) -> None:
        """Judge the schemas of two types of event: of one the first event has a field more, of the other the last."""
        self.judge.point(look="def required", line=DISCOVERED)
        kinds = self.draw.sample(["OrderPlaced", "OrderShipped", "StockLow"], 2)
        self.judge.done(f"put {kinds[0]} and {kinds[1]} on the bus, some of them with a field more than others")
        for kind, place in zip(kinds, (0, -1), strict=True):
            await self.judge_type(kind, place)
        self.judge.point(look="def breaks", evidence=())

    async def judge_type(self, kind: str, place_of_more: int) -> None:
        """Judge the schema of events of which the first, or the last, has a field more, at the top and within."""
        always, seldom, inner, rare, place = self.draw.names(5)
        details = [{always: self.draw.count(1, 99), place: {inner: "x"}} for _ in range(self.draw.count(6, 9))]
        empty = self.draw.choice(details[1:-1])  # what is nothing is there
        empty[always], empty[place][inner] = 0, ""
        with_more = details[place_of_more]
        with_more[seldom] = True
        with_more[place][rare] = self.draw.choice(["a", "b"])
        await self.side.put(*({"source": "shop.orders", "detail-type": kind, "detail": one} for one in details))
        answer = await self.door.get(f"/schemas/{kind}")
        self.judge.claim(answer.status_code == 200, "the registry has discovered a schema (200)", evidence=answer)
        schema = answer.json()["schema"]
        self.judge.point(evidence=answer)
        odd = [error.message for error in JSON_SCHEMA.iter_errors(schema)]
        self.judge.claim(not odd, "what was discovered is a JSON schema", lambda: odd[0])
        validator = Draft202012Validator(schema)
        wrong = [error.message for one in details for error in validator.iter_errors(one)]
        self.judge.claim(not wrong, "what was discovered accepts every event that was heard", lambda: wrong[0])
        for within, name in ((), always), ((), place), ((place,), inner):
            event = copy.deepcopy(with_more)
            del _at(event, within)[name]
            sentence = "an event without a field that all of them had is not valid"
            words = f"one without {'.'.join((*within, name))} is valid"
            self.judge.claim(not validator.is_valid(event), sentence, words)
        changed = {**with_more, always: "text"}
        self.judge.claim(not validator.is_valid(changed), "a field of another type is not valid", "it is")
        self.judge.claim(validator.is_valid({**with_more, "new": 1}), "a field that is new is valid", "it is not")

    # lines 2 to 4

    def schema(self, depth: int = 2) -> Schema:
        """Draw a schema of an object: fields of all types, an enum, and an object within."""
        names = self.draw.names(6)
        fields: dict[str, Schema] = {name: {"type": self.draw.choice(KINDS)} for name in names[:4]}
        fields[names[4]] = {"type": "string", "enum": self.draw.names(3)}
        if depth:
            fields[names[5]] = self.schema(depth - 1)
        required = sorted(self.draw.sample(sorted(fields), 3))
        return {"type": "object", "properties": fields, "required": required}

    async def change(self, old: Schema, new: Schema) -> httpx.Response:
        """Register a version under a new name, and then another one; return the answer to that."""
        self.count += 1
        path = f"/schemas/{self.draw.names(1)[0]}-{self.count}"
        first = await self.door.put(path, json=old)
        self.judge.claim(first.status_code == 201, "the first version is taken (201)", evidence=first, line=TAKEN)
        return await self.door.put(path, json=new)

    async def refuses(self, sentence: str, old: Schema, new: Schema, field: str, line: int) -> None:
        """Judge that a change is refused, and that a reason names the field."""
        answer = await self.change(old, new)
        words = f"{answer.status_code} where {field} changed"
        self.judge.claim(answer.status_code == 409, sentence, words, evidence=answer, line=line)
        is_named = any(re.search(rf"(?<![\w-]){field}(?![\w-])", str(one)) for one in answer.json()["reasons"])
        sentence = "a reason has the name of the field"
        self.judge.claim(is_named, sentence, f"none has {field}", evidence=answer, line=DEEP)

    async def judge_breaks(self) -> None:
        """Judge each way to break somebody, in a schema that has no objects within."""
        self.judge.done("changed schemas in each way that breaks somebody, and then deep within")
        for sentence, change in BREAKS.items():
            old = self.schema(0)
            new = copy.deepcopy(old)
            await self.refuses(sentence, old, new, change(self.draw, new), REFUSED)

    async def judge_depth(self) -> None:
        """Judge the same in an object within, and in an object within that."""
        for sentence, change in BREAKS.items():
            for depth in (1, 2):
                old = self.schema()
                new = copy.deepcopy(old)
                field = change(self.draw, _object_within(new, depth))
                await self.refuses(f"within another field, {sentence}", old, new, field, DEEP)

    async def judge_harmless(self) -> None:
        """Judge what breaks nobody, at the top and within."""
        self.judge.done("changed them in ways that break nobody")
        for depth in (0, 1, 2):
            for sentence, change in HARMLESS.items():
                old = self.schema()
                new = copy.deepcopy(old)
                change(self.draw, _object_within(new, depth))
                answer = await self.change(old, new)
                words = f"{answer.status_code} {answer.text[:120]}"
                self.judge.claim(answer.status_code == 201, sentence, words, evidence=answer, line=TAKEN)


def _object_within(schema: Schema, depth: int) -> Schema:
    """Return the object so deep within a schema; 0 is the schema itself."""
    for _ in range(depth):
        (schema,) = [one for one in schema["properties"].values() if "properties" in one]
    return schema


def _at(event: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        event = event[name]
    return event


def _name(draw: random.Random, schema: Schema, *, required: bool | None = None) -> str:
    """Draw a field: one that is required, or is not, or any."""
    names = [name for name in sorted(schema["properties"]) if required in (None, name in schema["required"])]
    return draw.choice(names)


def _taken_away(draw: random.Random, schema: Schema) -> str:
    name = _name(draw, schema, required=False)
    del schema["properties"][name]
    return name


def _needed_away(draw: random.Random, schema: Schema) -> str:
    name = _name(draw, schema, required=True)
    del schema["properties"][name]
    schema["required"].remove(name)
    return name


def _other_type(draw: random.Random, schema: Schema) -> str:
    name = _name(draw, schema)
    schema["properties"][name] = {"type": "number"}
    return name


def _enum(schema: Schema) -> tuple[str, list[str]]:
    ((name, values),) = [(name, one["enum"]) for name, one in schema["properties"].items() if "enum" in one]
    return name, values


def _more_values(_draw: random.Random, schema: Schema) -> str:
    name, values = _enum(schema)
    values.append("new-value")
    return name


def _fewer_values(draw: random.Random, schema: Schema) -> str:
    name, values = _enum(schema)
    values.remove(draw.choice(values))
    return name


def _no_more_required(draw: random.Random, schema: Schema) -> str:
    name = _name(draw, schema, required=True)
    schema["required"].remove(name)
    return name


def _now_required(draw: random.Random, schema: Schema) -> str:
    name = _name(draw, schema, required=False)
    schema["required"].append(name)
    return name


def _new_and_required(_draw: random.Random, schema: Schema) -> str:
    schema["properties"]["new-field"] = {"type": "string"}
    schema["required"].append("new-field")
    return "new-field"


BREAKS = {
    "a version that takes a field away is refused (409)": _taken_away,
    "a version that takes a required field away is refused (409)": _needed_away,
    "a version that changes a field's type is refused (409)": _other_type,
    "a version that allows one value more is refused (409): readers do not know it": _more_values,
    "a version that allows one value less is refused (409): the archive has it": _fewer_values,
    "a version that requires a field no more is refused (409): readers need it": _no_more_required,
    "a version that requires a field from now on is refused (409): the archive lacks it": _now_required,
    "a version with a new field that is required is refused (409): the archive lacks it": _new_and_required,
}


def _optional(_draw: random.Random, schema: Schema) -> None:
    schema["properties"]["new-field"] = {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]}


def _described(draw: random.Random, schema: Schema) -> None:
    schema["properties"][_name(draw, schema)]["description"] = "what it is"
    schema["title"] = "an order"


def _other_order(_draw: random.Random, schema: Schema) -> None:
    schema["required"].reverse()
    _enum(schema)[1].reverse()
    schema["properties"] = dict(reversed(schema["properties"].items()))


def _same(_draw: random.Random, schema: Schema) -> None:
    pass


HARMLESS = {
    "a version with a new field that need not be there is taken (201)": _optional,
    "a version with other descriptions is taken (201)": _described,
    "a version with the same things in another order is taken (201)": _other_order,
    "the same version once more is taken (201)": _same,
}
