"""A prediction beside its measurement as a notebook shows it: in words, and for a number as two bars on one scale."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from capsize.course.predictions import PredictionComparison
from capsize.ui.verdict import section


def comparison_html(comparison: PredictionComparison) -> str:
    """Write what was said, what it was, whether the range held, and where the other two reasons lead."""
    tone, words = ("good", "as you said") if comparison.is_right else ("hint", _verdict(comparison))
    head = f'<h3>{escape(comparison.name)}<span class="outcome">{words}</span></h3>'
    rows = _said(comparison) if comparison.question.is_choice else _bars(comparison)
    return section(tone, head, rows, _reasons(comparison))


def _verdict(comparison: PredictionComparison) -> str:
    return "not as you said" if comparison.question.is_choice else "outside of your range"


def _said(comparison: PredictionComparison) -> str:
    rows = (("you said", str(comparison.answer.said)), ("it was", comparison.choice))
    return f"<dl>{''.join(f'<dt>{name}</dt><dd><b>{escape(value)}</b></dd>' for name, value in rows)}</dl>"


def _bars(comparison: PredictionComparison) -> str:
    said, measured = float(comparison.answer.said), comparison.measured
    longest = max(abs(said), abs(measured)) or 1.0
    rows = (("you said", said, comparison.said), ("it was", measured, comparison.was))
    return f'<dl class="bars">{"".join(_bar(name, abs(value) / longest, words) for name, value, words in rows)}</dl>'


def _bar(name: str, share: float, words: str) -> str:
    bar = f'<span class="bar" style="width:{100 * share:.1f}%"></span>'
    return f"<dt>{name}</dt><dd>{bar}<b>{escape(words)}</b></dd>"


def _reasons(comparison: PredictionComparison) -> str:
    if comparison.question.is_choice:
        return ""
    held, *_ = comparison.lines
    return f'<p>{escape(held)}</p><dl class="reasons">{"".join(_reason_rows(comparison))}</dl>'


def _reason_rows(comparison: PredictionComparison) -> Iterator[str]:
    for reason in comparison.question.reasons:
        mark = "✓" if reason.is_right else "✕"
        yours = " (your reason)" if reason.text == comparison.answer.reason else ""
        words = escape(reason.but or "this is why")
        yield f'<dt aria-hidden="true">{mark}</dt><dd><b>{escape(reason.text)}</b>{yours}<br>{words}</dd>'
