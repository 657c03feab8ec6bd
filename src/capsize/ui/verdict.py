"""A verdict, a hint and a prediction as a notebook shows them: HTML that reads well aloud and in both themes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from capsize.check.verdict import Verdict
from capsize.course.exercises import Hint
from capsize.course.progress import PredictionComparison

TONES = {"passed": "good", "refused": "wait", "unjudged": "off"}
MARKS = {"passed": "✓", "refused": "✕", "unjudged": "?"}


def verdict_html(verdict: Verdict) -> str:
    """Write a verdict: the headline and its five parts; the evidence as it was logged."""
    tone, mark = TONES[verdict.status], MARKS[verdict.status]
    head = f'<h4><span class="seal" data-tone="{tone}" aria-hidden="true">{mark}</span>{escape(verdict.headline)}</h4>'
    return _section(tone, head, f"<dl>{''.join(_rows(verdict))}</dl>")


def hint_html(hint: Hint) -> str:
    """Write a hint, and how many there are."""
    count = len(hint.exercise.hints)
    steps = "".join(f"<i{' class=taken' if step <= hint.step else ''}></i>" for step in range(1, count + 1))
    words = f"{escape(hint.exercise.id)} hint {hint.step} of {count}"
    head = f'<h4>{words}<span class="steps" aria-hidden="true">{steps}</span></h4>'
    after = f"<p>{escape(hint.last_resort.strip())}</p>" if hint.last_resort else ""
    last = f"<p>{escape(hint.last_refusal.strip())}</p>" if hint.last_refusal else ""
    return _section("hint", head, f'<p class="hint-text">{escape(hint.text)}</p>{last}{after}')


def comparison_html(comparison: PredictionComparison) -> str:
    """Write what was said beside what was measured, as two bars on one scale."""
    longest = max(abs(comparison.said), abs(comparison.measured)) or 1.0
    rows = (("you said", comparison.said), ("measured", comparison.measured))
    bars = "".join(_bar(name, value, abs(value) / longest, comparison.unit) for name, value in rows)
    words = escape(str(comparison).rsplit("(", 1)[-1].rstrip(")"))
    head = f'<h4>{escape(comparison.name)}<span class="far">{words}</span></h4>'
    return _section("hint", head, f'<dl class="bars">{bars}</dl>')


def _section(tone: str, *parts: str) -> str:
    return f'<section data-tone="{tone}">{"".join(parts)}</section>'


def _bar(name: str, value: float, share: float, unit: str) -> str:
    figure = f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return (
        f'<dt>{name}</dt><dd><span class="bar" style="width:{100 * share:.1f}%"></span>'
        f"<b>{escape(f'{figure} {unit}'.strip())}</b></dd>"
    )


def _rows(verdict: Verdict) -> Iterator[str]:
    told = (("done", verdict.done), ("asked", verdict.asked), ("expected", verdict.expected), ("got", verdict.got))
    for name, words in told:
        if words:
            yield f'<dt>{name}</dt><dd class="{name}">{_lines(words.splitlines())}</dd>'
    if verdict.held:
        yield f'<dt>held</dt><dd class="held"><ul>{"".join(map(_tick, verdict.held))}</ul></dd>'
    if verdict.evidence:
        yield f'<dt>evidence</dt><dd><pre tabindex="0">{escape(chr(10).join(verdict.evidence))}</pre></dd>'
    if verdict.others:
        which = f'which was it? <code>yours.why("{escape(verdict.exercise)}", 1)</code>, or 0 for none of these'
        reasons = "".join(f"<li>{escape(because)}</li>" for because in verdict.others)
        yield f"<dt>others</dt><dd>met this with one of these:<ol>{reasons}</ol>{which}</dd>"
    asks = verdict.status == "refused" and not verdict.advice
    hint = f'yours.hint("{verdict.exercise}")' if asks else verdict.next
    repeat = f'yours.check("{verdict.exercise}", seed={verdict.seed})' if verdict.repeat else ""
    for name, words in (("look at", verdict.look), ("next", hint), ("repeat", repeat)):
        if words:
            yield f"<dt>{name}</dt><dd><code>{escape(words)}</code></dd>"


def _tick(claim: str) -> str:
    return f'<li><b aria-hidden="true">✓</b> {escape(claim)}</li>'


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(escape(line) for line in lines)
