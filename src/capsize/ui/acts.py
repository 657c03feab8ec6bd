"""What a verdict offers to do: buttons that JupyterLab can work, and what to type where nothing can."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from capsize.check.verdict import Verdict

KEYS = 'data-lm-suppress-shortcuts="true"'  # Enter is the button's, and not JupyterLab's


@dataclass(frozen=True)
class Act:
    """A call that a button runs in a cell below the verdict; ``asks`` is what has to be confirmed first."""

    name: str
    code: str
    asks: str = ""


def acts_of(verdict: Verdict) -> list[Act]:
    """Return what can be done about a verdict; nothing about a pass, whose words say what comes next."""
    id = verdict.exercise  # noqa: A001 - what a learner calls it
    again = Act("Check again", f'await yours.check("{id}")')
    if verdict.passed:
        return []
    if verdict.status == "unjudged" or id.endswith(".own"):
        return [again]
    solution = f'yours.solution("{id}"'
    kept = "Your version is kept, and a pass with the solution counts apart."
    return [
        Act("Hint", f'yours.hint("{id}")'),
        again,
        Act("Show the solution", f"{solution})", f"Show the solution of {id}?"),
        Act("Go on from the solution", f"{solution}, apply=True)", f"Put the solution in place of your file? {kept}"),
    ]


def acts_html(verdict: Verdict) -> str:
    """Write what to type, and a hidden button for each act, which a browser shows in its place if it can work it."""
    acts = acts_of(verdict)
    stays = verdict.advice or (verdict.next if verdict.status == "unjudged" else "")
    typed = f"<code>{escape(stays)}</code>" if stays else _typed(acts[0].code)
    return typed + "".join(map(_button, acts))


def place_html(look: str) -> str:
    """Write a place (``file:line``), and a hidden button that opens it."""
    path, _, line = look.rpartition(":")
    if not line.isdigit():
        return f"<code>{escape(look)}</code>"
    opens = f'data-open="{escape(path)}" data-line="{line}"'
    return f'{_typed(look)}<button type="button" class="place" {KEYS} {opens} hidden>{escape(look)}</button>'


def _typed(words: str) -> str:
    return f'<code class="typed">{escape(words)}</code>'


def _button(act: Act) -> str:
    runs = f'data-run="{escape(act.code)}" data-asks="{escape(act.asks)}"'
    return f'<button type="button" class="act" {KEYS} {runs} hidden>{escape(act.name)}</button>'
