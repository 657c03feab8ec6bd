"""What a learner has passed and predicted, in work/progress.json.

Without a file (code other than work/) it lives in memory only, so that a CI run never touches a learner's score.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from math import isfinite
from pathlib import Path
from typing import Any

from capsize import files
from capsize.course.writing import writing
from capsize.errors import CapsizeError


@dataclass(frozen=True)
class Prediction:
    """A number that a learner committed to. Its text says the number, which is the learner's own."""

    slug: str
    name: str
    value: float
    unit: str = ""
    measured: float | None = None
    refused: float | None = None
    store: Progress | None = None

    def __str__(self) -> str:
        said = f"{self.name}: you said {_number(self.value)} {self.unit}".rstrip()
        kept = "; your first number stands" if self.refused is not None else ""
        return said + kept

    __repr__ = __str__

    @property
    def comparison(self) -> PredictionComparison | None:
        """The last measurement beside the number; None before there is one."""
        return None if self.measured is None else PredictionComparison(self.name, self.value, self.measured, self.unit)

    def against(self, measured: float) -> PredictionComparison:
        """Put a measurement beside the prediction, and keep both."""
        number = a_number(measured, f"what was measured for {self.name!r}")
        if self.store:
            self.store.measure(self.slug, self.name, number)
        return PredictionComparison(self.name, self.value, number, self.unit)


@dataclass(frozen=True)
class PredictionComparison:
    """What you said beside what was measured. The text is the same on every run; the numbers are in the table."""

    name: str
    said: float
    measured: float
    unit: str = ""

    @property
    def factor(self) -> float:
        """How far off, as a factor of 1 or more; infinite where one of the two is zero or the signs differ."""
        if self.said == self.measured:
            return 1.0
        if self.said * self.measured <= 0:
            return float("inf")
        return max(self.said / self.measured, self.measured / self.said)

    @property
    def too_high(self) -> bool:
        return self.said > self.measured

    def within(self, factor: float) -> bool:
        """True where the prediction was within a factor of the measurement."""
        return self.factor <= factor

    def __str__(self) -> str:
        said, measured = _number(self.said), _number(self.measured)
        return f"{self.name}: you said {said}, measured {measured} {self.unit}".rstrip() + f" ({self.how_far})"

    def __repr__(self) -> str:
        return f"{self.name}: your prediction beside the measurement"

    def _repr_html_(self) -> str:
        cells = (self.name, f"{_number(self.said)} {self.unit}", f"{_number(self.measured)} {self.unit}")
        row = "".join(f"<td>{escape(cell)}</td>" for cell in (*cells, self.how_far))
        return f"<table><tr><th></th><th>you said</th><th>measured</th><th></th></tr><tr>{row}</tr></table>"

    @property
    def how_far(self) -> str:
        """Say how far off, in words."""
        if self.within(1.1):
            return "as you said"
        if self.factor == float("inf"):
            return "too high" if self.too_high else "too low"
        return f"{self.factor:.1f} times too {'high' if self.too_high else 'low'}"


def a_number(value: object, what: str) -> float:
    """Take what a learner wrote for a finite number. Raises CapsizeError where it is none."""
    with contextlib.suppress(TypeError, ValueError):
        if isfinite(number := float(value)):  # type: ignore[arg-type]
            return number
    raise CapsizeError(f"{what} is not a number", expected="a number, such as 3 or 0.5", got=repr(value))


class Progress:
    """The score: exercises passed, hints taken, predictions. Every change is written at once, or not at all."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._memory: dict[str, Any] = {}

    def read(self) -> Mapping[str, Any]:
        """Return the score as it is kept."""
        return {"passed": {}, "hints": {}, "predictions": {}, **self._kept()}

    def passed(self, exercise: str) -> str | None:
        """Say when an exercise was first passed; None where it was not."""
        when: str | None = self.read()["passed"].get(exercise)
        return when

    def record_pass(self, exercise: str) -> None:
        with self._change() as score:
            score["passed"].setdefault(exercise, _now())

    def next_hint(self, exercise: str, count: int, step: int | None = None) -> int:
        """Say which hint is next, from 1 to ``count``; the last one stays. ``step`` asks for one by number."""
        if step is not None and not 1 <= step <= count:
            raise CapsizeError(f"exercise {exercise} has no hint {step}", expected=f"1 to {count}")
        with self._change() as score:
            taken = score["hints"].get(exercise, 0)
            given = step or min(taken + 1, count)
            score["hints"][exercise] = max(taken, given)
        return given

    def predict(self, slug: str, name: str, value: float, unit: str = "") -> Prediction:
        """Commit to a number; one that is there already stands, and the answer says so."""
        number = a_number(value, f"the prediction of {name!r}")
        with self._change() as score:
            entry = (
                score["predictions"].setdefault(slug, {}).setdefault(name, {"said": number, "unit": unit, "at": _now()})
            )
        kept = self._prediction(slug, name, entry)
        return kept if kept.value == number else replace(kept, refused=number)

    def prediction(self, slug: str, name: str) -> Prediction:
        """Return what was predicted. Raises CapsizeError where nothing was."""
        entries = self.read()["predictions"].get(slug, {})
        if name in entries:
            return self._prediction(slug, name, entries[name])
        raise CapsizeError(
            f"you have not predicted {name!r} in {slug}",
            expected=", ".join(map(repr, entries)) or "a prediction before the measurement",
            next=f"predict({name!r}, a number, unit=...)",
        )

    def predictions(self) -> tuple[Prediction, ...]:
        kept = self.read()["predictions"]
        return tuple(self._prediction(slug, name, kept[slug][name]) for slug in sorted(kept) for name in kept[slug])

    def measure(self, slug: str, name: str, measured: float) -> None:
        with self._change() as score:
            entry = score["predictions"].get(slug, {}).get(name)
            if entry is not None:
                entry["measured"] = float(measured)

    def _prediction(self, slug: str, name: str, entry: Mapping[str, Any]) -> Prediction:
        return Prediction(slug, name, entry["said"], entry.get("unit", ""), entry.get("measured"), store=self)

    @contextlib.contextmanager
    def _change(self) -> Iterator[dict[str, Any]]:
        root = self.file.parent.parent if self.file else Path()
        with writing(root), self._lock():
            score = dict(self.read())
            yield score
            self._write(score)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep a notebook and a terminal from writing over each other."""
        if self.file is None:
            yield
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.with_name(".progress.lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _kept(self) -> Mapping[str, Any]:
        if self.file is None or not self.file.exists():
            return self._memory
        try:
            return _shape(json.loads(self.file.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CapsizeError(
                "your progress cannot be read", place=self.file, got=str(error), next=f"mv {self.file} {self.file}.old"
            ) from error

    def _write(self, score: dict[str, Any]) -> None:
        if self.file is None:
            self._memory = score
            return
        files.replace(self.file, json.dumps(score, indent=1, sort_keys=True) + "\n")


def _shape(kept: Any) -> Mapping[str, Any]:
    """Refuse what is JSON but not a score."""
    for name in ("passed", "hints"):
        dict.items(kept.get(name, {}))
    for entries in kept.get("predictions", {}).values():
        for entry in entries.values():
            float(entry["said"])
    return dict(kept)


def _now() -> str:
    return datetime.now().replace(microsecond=0).isoformat()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
