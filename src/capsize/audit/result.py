"""What an audit found: a table in a terminal and in a notebook, JSON, and a Markdown report for a team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from capsize.audit import report
from capsize.audit.judgement import Judgement, exit_code

COLUMNS = ("factor", "verdict", "what was seen")


@dataclass(frozen=True, repr=False)
class TwelveFactors:
    """The twelve judgements on an app, in the factors' order. ``seconds`` is how long the audit took."""

    app: str
    start: str
    judgements: tuple[Judgement, ...]
    seconds: float = 0.0

    def __getitem__(self, numeral: str) -> Judgement:
        """Return the judgement on a factor: ``found["VII"]``."""
        return next(one for one in self.judgements if one.factor.numeral == numeral)

    @property
    def exit_code(self) -> int:
        """0 all hold, 1 one fails, 2 one or more could not be judged."""
        return exit_code(self.judgements)

    @property
    def headline(self) -> str:
        """How many hold, fail, and could not be judged."""
        count = Counter(one.verdict for one in self.judgements)
        return f"{self.app}: {count['holds']} hold, {count['fails']} fail, {count['unjudged']} could not be judged"

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """A row for each factor: its name, the verdict, what decided it."""
        return [(f"{one.factor.numeral} {one.factor.name}", one.words, one.because) for one in self.judgements]

    @property
    def markdown(self) -> str:
        """A report that somebody can hand to a team."""
        return report.write(self.headline, self.start, self.judgements)

    def to_json(self) -> dict[str, Any]:
        own = {"app": self.app, "start": self.start, "seconds": round(self.seconds, 1), "exit_code": self.exit_code}
        return own | {"factors": [one.to_json() for one in self.judgements]}

    def __str__(self) -> str:
        return "\n".join([*(f"{name:<24}{verdict:<20}{seen}" for name, verdict, seen in self.rows), self.headline])

    def __repr__(self) -> str:
        return self.headline

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="text-align:left">{name}</th>' for name in COLUMNS)
        body = "".join(f"<tr>{''.join(_cells(one))}</tr>" for one in self.judgements)
        caption = f"<caption>{escape(self.headline)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


MARKS = {"holds": "✓", "fails": "✕", "unjudged": "?"}


def _cells(one: Judgement) -> Iterator[str]:
    evidence = "".join(f"<li>{escape(line)}</li>" for line in (one.did, one.control, *one.evidence) if line)
    seen = f"<details><summary>{escape(one.because)}</summary><ul>{evidence}</ul></details>"
    verdict = f'<span aria-hidden="true">{MARKS[one.verdict]}</span> {one.words}'
    for words in (f"{one.factor.numeral} {escape(one.factor.name)}", verdict, seen):
        yield f'<td style="text-align:left">{words}</td>'
