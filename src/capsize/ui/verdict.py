"""A verdict and a hint as a notebook shows them: HTML that reads well aloud and in both themes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from capsize.check.verdict import Verdict
from capsize.course.exercises import Hint
from capsize.ui.acts import acts_html, place_html

TONES = {"passed": "good", "refused": "wait", "unjudged": "off"}
MARKS = {"passed": "✓", "refused": "✕", "unjudged": "?"}


def verdict_html(verdict: Verdict) -> str:
    """Write a verdict: the headline and its five parts; the evidence as it was logged."""
    tone, mark = TONES[verdict.status], MARKS[verdict.status]
    head = f'<h3><span class="seal" data-tone="{tone}" aria-hidden="true">{mark}</span>{escape(verdict.headline)}</h3>'
    return section(tone, head, f"<dl>{''.join(_rows(verdict))}</dl>", lab=_lab(verdict.exercise))


def hint_html(hint: Hint) -> str:
    """Write a hint, and how many there are."""
    count = len(hint.exercise.hints)
    steps = "".join(f"<i{' class=taken' if step <= hint.step else ''}></i>" for step in range(1, count + 1))
    words = f"{escape(hint.exercise.id)} hint {hint.step} of {count}"
    head = f'<h3>{words}<span class="steps" aria-hidden="true">{steps}</span></h3>'
    after = f"<p>{escape(hint.last_resort.strip())}</p>" if hint.last_resort else ""
    last = f"<p>{escape(hint.last_refusal.strip())}</p>" if hint.last_refusal else ""
    return section("hint", head, f'<p class="hint-text">{escape(hint.text)}</p>{last}{after}')


def section(tone: str, *parts: str, lab: str = "") -> str:
    """Write a sheet's one section, in a tone that its border shows; ``lab`` begins its folder's name."""
    whose = f' data-lab="{escape(lab)}"' if lab else ""
    return f'<section data-tone="{tone}"{whose}>{"".join(parts)}</section>'


def _lab(exercise: str) -> str:
    """Return how the folder of an exercise's lab begins: 01_ for 1.1."""
    number = exercise.partition(".")[0]
    return f"{int(number):02}_" if number.isdigit() else ""


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
    for name, words in (("saved?", verdict.unsaved), ("next", verdict.next if verdict.passed else "")):
        if words:
            yield f"<dt>{name}</dt><dd>{escape(words)}</dd>"
    if verdict.look:
        yield f"<dt>look at</dt><dd>{place_html(verdict.look)}</dd>"
    if not verdict.passed:
        yield f'<dt>next</dt><dd class="acts">{acts_html(verdict)}</dd>'
    if verdict.repeat:
        repeat = f'yours.check("{verdict.exercise}", seed={verdict.seed})'
        yield f"<dt>repeat</dt><dd><code>{escape(repeat)}</code></dd>"


def _tick(claim: str) -> str:
    return f'<li><b aria-hidden="true">✓</b> {escape(claim)}</li>'


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(escape(line) for line in lines)
