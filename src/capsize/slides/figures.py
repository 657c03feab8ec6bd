"""The figures on a slide: {{report:before.p99_ms}} is read from the lab's committed report, never typed in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capsize.errors import CapsizeError
from capsize.load.report import LoadReport

PLACEHOLDER = re.compile(r"\{\{\s*(?P<words>[^{}]*?)\s*\}\}")
_REPORT = re.compile(r"report:(?P<name>\w+)\.(?P<path>[\w./\[\] -]+?)(?::(?P<form>[\w.,%]+))?")


@dataclass(frozen=True)
class Figures:
    """What the reports of one lab say, for one deck."""

    file: Path
    reports: Path
    _read: dict[str, Any] = field(default_factory=dict)

    def fill(self, text: str, line: int) -> str:
        """Put the measured figures in place of ``{{report:NAME.PATH}}`` or ``{{report:NAME.PATH:FORMAT}}``.

        NAME is a file that ``LoadReport.save`` wrote; PATH walks its sums (``p99_ms``, ``littles_law.throughput``,
        ``by_name./orders.succeeded``); FORMAT is Python's own, and without one a number is rounded for reading.
        ``line`` is where ``text`` starts in the deck.
        """

        def figure(found: re.Match[str]) -> str:
            return self._figure(found["words"], line + text.count("\n", 0, found.start()))

        return PLACEHOLDER.sub(figure, text)

    def _figure(self, words: str, line: int) -> str:
        asked = _REPORT.fullmatch(words)
        if not asked:
            raise self._missing(words, line, expected="report:NAME.PATH, as in {{report:before.p99_ms}}")
        value = self._report(asked["name"], words, line)
        for key in asked["path"].split("."):
            value = self._step(value, key, words, line)
        try:
            return _shown(value, asked["form"])
        except (ValueError, TypeError):
            raise self._missing(words, line, expected="a number or a word", got=f"{value!r:.60}") from None

    def _report(self, name: str, words: str, line: int) -> Any:
        file = self.reports / f"{name}.json"
        if not file.is_file():
            there = ", ".join(sorted(found.stem for found in self.reports.glob("*.json"))) or "no report"
            raise self._missing(words, line, expected=f"the report {file}", got=f"{there} in {self.reports}")
        if name not in self._read:
            self._read[name] = LoadReport.load(file).to_json()
        return self._read[name]

    def _step(self, value: Any, key: str, words: str, line: int) -> Any:
        try:
            return value[int(key)] if isinstance(value, list) else value[key]
        except (LookupError, TypeError, ValueError):
            there = ", ".join(map(str, value)) if isinstance(value, dict) else repr(value)[:80]
            raise self._missing(words, line, expected=f"one of: {there}", got=key) from None

    def _missing(self, words: str, line: int, *, expected: str, got: str | None = None) -> CapsizeError:
        return CapsizeError(
            f"the figure {{{{{words}}}}} is not in the lab's reports",
            place=f"{self.file}:{line}",
            expected=expected,
            got=got,
        )


def _shown(value: Any, form: str | None) -> str:
    """Write a figure. Raises TypeError or ValueError where there is none, or none of this format."""
    if not isinstance(value, int | float | str):
        raise TypeError(type(value).__name__)
    if form or isinstance(value, str):
        return format(value, form or "")
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 100 else f"{value:,.0f}"
