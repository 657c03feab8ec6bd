"""The report in Markdown: the table, and for each factor what was done, what was seen, and where to read on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from capsize.audit.judgement import Judgement

INTRODUCTION = """\
Each row is an experiment on copies of the app, run as a stranger would run it. Nothing was judged by reading code.
*Could not be judged* is not a pass: the row says what was missing."""
PAGE = "https://12factor.net/{slug}"
FENCE = "```"


def write(headline: str, start: str, judgements: Iterable[Judgement]) -> str:
    """Write a report that can be read without the audit at hand."""
    found = list(judgements)
    table = ["| factor | verdict | what was seen |", "|---|---|---|", *map(_row, found)]
    intro = [f"# Twelve factors: {headline}", "", f"Started with `{start}`.", "", INTRODUCTION, "", *table]
    return "\n".join([*intro, *(line for one in found for line in _section(one))]) + "\n"


def _row(one: Judgement) -> str:
    return f"| {one.factor.numeral} {one.factor.name} | {_bold(one)} | {_cell(one.because)} |"


def _bold(one: Judgement) -> str:
    return f"**{one.words}**" if one.verdict == "fails" else one.words


def _section(one: Judgement) -> Iterator[str]:
    page = PAGE.format(slug=one.factor.slug)
    yield from (
        "",
        f"## {one.factor.numeral} {one.factor.name}: {one.words}",
        "",
        f"[{one.factor.question}]({page})",
        "",
    )
    parts = (("Seen", one.because), ("Done", one.did), ("Control", one.control))
    yield from (f"- {name}: {_cell(words)}" for name, words in parts if words)
    yield from (f"- Remark: {_cell(words)}" for words in one.remarks)
    if one.evidence:
        yield from ("", FENCE, *(line.replace(FENCE, "'''") for line in one.evidence), FENCE)


def _cell(words: str) -> str:
    """Return words that stay in one cell, and whose angle brackets and bars are read as such."""
    return re.sub(r"([|<>*_`\\])", r"\\\1", " ".join(words.split()))
