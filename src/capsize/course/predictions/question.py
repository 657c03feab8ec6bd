"""A question before an experiment: a choice, or a number with a range and one reason out of three."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any

from capsize.errors import CapsizeError
from capsize.stack.model import Location


@dataclass(frozen=True)
class Choice:
    """An answer to choose, and the measurements that it stands for: from ``low`` to ``high``."""

    text: str
    low: float
    high: float

    def distance(self, measured: float) -> float:
        """How far a measurement is from what this stands for; 0 within it."""
        return max(self.low - measured, measured - self.high, 0.0)


@dataclass(frozen=True)
class Reason:
    """Why a number should be what was said. ``but`` says where a wrong one leads; the right one has none."""

    text: str
    but: str = ""

    @property
    def is_right(self) -> bool:
        return not self.but


@dataclass(frozen=True)
class Answer:
    """What somebody said: a choice's text, or a number, a range that should hold it, and a reason's text."""

    said: str | float
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Write what there is of it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Question:
    """What a lab asks before one experiment. With ``choices`` it asks for one of them, otherwise for a number.

    ``foil`` is the choice that comes true, where nothing breaks. ``naive`` is what CI answers.
    """

    name: str
    asks: str
    place: Location
    naive: Answer
    choices: tuple[Choice, ...] = ()
    foil: str = ""
    unit: str = ""
    least: float = 0.0
    most: float = 0.0
    reasons: tuple[Reason, ...] = ()

    @property
    def is_choice(self) -> bool:
        return bool(self.choices)

    def answer(self, said: object, low: object = None, high: object = None, reason: str | None = None) -> Answer:
        """Take what was typed for an answer. Raises CapsizeError where it is none."""
        if self.is_choice:
            return Answer(_one_of([choice.text for choice in self.choices], said, "a choice"))
        number = self._number(said, "your number")
        least, most = self._number(low, "the range's lower end"), self._number(high, "the range's upper end")
        if least > most:
            expected, got = "from the lower to the higher number", self.range(least, most)
            raise CapsizeError("the range is upside down", expected=expected, got=got)
        if not least <= number <= most:
            expected, got = f"a range that holds {self.quantity(number)}", self.range(least, most)
            raise CapsizeError("your number is outside of your range", expected=expected, got=got)
        return Answer(number, least, most, _one_of([one.text for one in self.reasons], reason, "a reason"))

    def kept(self, entry: Mapping[str, Any]) -> Answer | None:
        """Read an answer that was kept; None where this question was another one then."""
        with contextlib.suppress(CapsizeError):
            return self.answer(*(entry.get(name) for name in ("said", "low", "high", "reason")))
        return None

    def choice_of(self, measured: float) -> str:
        """Say which choice a measurement stands for: the nearest."""
        return min(self.choices, key=lambda choice: choice.distance(measured)).text

    def quantity(self, value: float) -> str:
        """Write a number with its unit."""
        return f"{written(value)} {self.unit}".strip()

    def range(self, low: float, high: float) -> str:
        """Write a range with its unit."""
        return f"{written(low)} to {self.quantity(high)}"

    def _number(self, value: object, what: str) -> float:
        number = a_number(value, what, f"a number from {written(self.least)} to {written(self.most)}")
        if self.least <= number <= self.most:
            return number
        raise CapsizeError(
            f"{what} cannot be {value}", expected=f"{written(self.least)} to {self.quantity(self.most)}", got=f"{value}"
        )


def a_number(value: object, what: str, expected: str = "a number, such as 3 or 0.5") -> float:
    """Take what somebody wrote or measured for a finite number. Raises CapsizeError where it is none."""
    with contextlib.suppress(TypeError, ValueError):
        if isfinite(number := float(value)):  # type: ignore[arg-type]
            return number
    raise CapsizeError(f"{what} is not a number", expected=expected, got=repr(value))


def written(value: float) -> str:
    """Write a number as short as it is read."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _one_of(texts: list[str], said: object, what: str) -> str:
    if said in texts:
        return str(said)
    raise CapsizeError(f"this is not {what} of the question", expected=" · ".join(texts), got=repr(said))
