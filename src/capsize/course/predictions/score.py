"""How well somebody predicts: choices that came true, ranges that held, reasons that were right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from capsize.course.predictions.question import written
from capsize.course.progress import PREDICTED_AGAIN

WELL = 0.8  # of the ranges should hold what is measured: that is what they are asked for


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    right: int
    of: int

    def __str__(self) -> str:
        return f"{self.right} of {self.of}" if self.of else "-"


@dataclass(frozen=True)
class PredictionScore:
    """Of the predictions that were measured. What an older kit kept, a number alone, counts in none of the three."""

    choices: Share
    ranges: Share
    reasons: Share

    @property
    def calibration(self) -> str:
        """Say in a line whether the ranges are too narrow or too wide."""
        if not self.ranges.of:
            return ""
        share = self.ranges.right / self.ranges.of
        words = "four in five is what a good range does"
        if self.ranges.of >= 5:
            words += "; yours are too narrow" if share < WELL - 0.1 else "; yours are too wide" if share == 1 else ""
        return f"{self.ranges} of your ranges held: {words}"


def score(entries: Iterable[Mapping[str, Any]]) -> PredictionScore:
    """Count what the score file keeps of predictions."""
    measured = [entry for entry in entries if "measured" in entry]
    chosen = [entry["was"] == entry["said"] for entry in measured if "was" in entry]
    held = [entry["held"] for entry in measured if "held" in entry]
    reasons = [entry["right"] for entry in measured if "right" in entry]
    return PredictionScore(*(Share(sum(map(bool, of)), len(of)) for of in (chosen, held, reasons)))


def all_entries(kept: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield lab, name and entry of each prediction in the score file, and of those that were asked again."""
    for slug, entries in sorted(kept["predictions"].items()):
        yield from ((slug, name, entry) for name, entry in entries.items())
        yield from ((slug, f"{entry['name']}, again", entry) for entry in kept[PREDICTED_AGAIN].get(slug, ()))


def came_true(entry: Mapping[str, Any]) -> bool:
    """Tell whether the choice of a prediction that was measured came true, or its range held for the right reason."""
    return entry["was"] == entry["said"] if "was" in entry else bool(entry.get("held") and entry.get("right"))


def outcome(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """Say what was said, what it was, and how that compares, of one prediction that is kept."""
    unit = entry.get("unit", "")
    said = _words(entry["said"], unit)
    if "low" in entry:
        said += f" ({_words(entry['low'])} to {_words(entry['high'])})"
    if "measured" not in entry:
        return said, "not yet", ""
    if "was" in entry:
        return said, str(entry["was"]), "right" if entry["was"] == entry["said"] else "wrong"
    return said, _words(entry["measured"], unit), _held(entry)


def _held(entry: Mapping[str, Any]) -> str:
    if "held" not in entry:
        return ""
    return f"range {'held' if entry['held'] else 'missed'}, reason {'right' if entry['right'] else 'wrong'}"


def _words(value: str | float, unit: str = "") -> str:
    return value if isinstance(value, str) else f"{written(value)} {unit}".strip()
