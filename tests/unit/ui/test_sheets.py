"""Verdicts, hints and comparisons as a notebook shows them."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from IPython.core.formatters import DisplayFormatter

from capsize.check.verdict import Verdict
from capsize.course.exercises import Exercise, Hint
from capsize.course.predictions import Answer, PredictionComparison, Question
from capsize.course.predictions.question import Choice, Reason
from capsize.stack.model import Location
from capsize.ui.comparison import comparison_html
from capsize.ui.display import teach
from capsize.ui.verdict import hint_html, verdict_html

REFUSED = Verdict(
    "1.1",
    "refused",
    title="Sell no lantern twice",
    done="placed 200 orders at once",
    expected="exactly 50 succeed",
    got="63 succeeded",
    evidence=("12:00:01 shop-1 <sold>", "stock is -13"),
    look="work/01_monolith/inventory.py:12",
)
EXERCISE = Exercise(
    "01_boat", "1.1", "Float", "boat.py", 5, ("it floats",), ("Why?", "Look.", "Add."), Location(Path(), 1)
)
HERE = Location(Path(), 1)
REASONS = (
    Reason("the queue grows", "A queue adds no requests."),
    Reason("right"),
    Reason("<mean>", "A mean hides it."),
)
KNEE = Question("knee", "Where?", HERE, Answer(1.0), unit="requests/s", most=1000, reasons=REASONS)
SINKS = Question("sinks", "Does it?", HERE, Answer("no"), choices=(Choice("no", 0, 0), Choice("yes", 1, 1)))


def compared(measured):
    """Say 150 from 100 to 200, beside a measurement."""
    return PredictionComparison(KNEE, Answer(150.0, 100.0, 200.0, "right"), measured)


@pytest.fixture
def formatter():
    """What a kernel shows things with, once it was taught."""
    shell = SimpleNamespace(kernel=True, display_formatter=DisplayFormatter())
    teach(shell)
    return shell.display_formatter


@pytest.mark.parametrize(
    "words",
    ["placed 200", "exactly 50", "63 succeeded", "stock is -13", "inventory.py:12", "yours.hint(&quot;1.1&quot;)"],
)
def test_refusal_tells_its_five_parts(words):
    """What was done, what was expected, what came, the evidence, where to look, and what to type next."""
    assert words in verdict_html(REFUSED)


def test_pass_ticks_each_claim():
    """A pass shows a list of what held, a tick before each, and neither expected nor got."""
    html = verdict_html(Verdict("1.1", "passed", held=("every receipt is right", "p99 < 3 x")))
    assert re.findall(r"<li>.*?✓</b> (.*?)</li>", html) == ["every receipt is right", "p99 &lt; 3 x"]
    assert "<dt>expected" not in html
    assert "<dt>got" not in html


def test_logs_are_text():
    """A log line that looks like HTML is shown as it is."""
    assert "&lt;sold&gt;" in verdict_html(REFUSED)


@pytest.mark.parametrize("status", ["passed", "refused", "unjudged"])
def test_status_is_told_in_words(status):
    """A verdict is told by its headline; mark and colour only repeat it."""
    verdict = Verdict("1.1", status)
    assert verdict.headline in verdict_html(verdict)


def test_hint_says_which_of_how_many():
    """A learner sees how many hints are left."""
    assert "hint 2 of 3" in hint_html(Hint(EXERCISE, 2))


def test_comparison_shows_both_numbers():
    """What was said stands beside what was measured, with the range, and where the other reasons lead."""
    html = comparison_html(compared(measured=300))
    for words in (
        "150 requests/s",
        "300 requests/s",
        "100 to 200 requests/s, did not hold it",
        "queue",
        "mean",
    ):
        assert words in html


def test_choice_is_compared_in_words():
    """A choice stands beside the choice that came true."""
    html = comparison_html(PredictionComparison(SINKS, Answer("no"), 1.0))
    assert ("<b>no</b>" in html, "<b>yes</b>" in html, "not as you said" in html) == (True, True, True)


@pytest.mark.parametrize("thing", [REFUSED, Hint(EXERCISE, 1), compared(300)], ids=lambda it: type(it).__name__)
def test_notebook_keeps_text_that_never_changes(formatter, thing):
    """What is saved is the text and a widget's view: no figures, and no HTML to compare."""
    data, _ = formatter.format(thing)
    assert data["text/plain"] == repr(thing)
    assert set(data) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
