"""A lab's questions in a cell: what the browser is told, what it sends, and how a notebook's verb asks again."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from capsize.check.verdict import Verdict
from capsize.course.recall import recall_of
from capsize.errors import CapsizeError
from capsize.ui.notebook import NotebookLab

RIGHT, WRONG = "it sinks deeper", "it stays as it is"
YESTERDAY = (date.today() - timedelta(1)).isoformat()
pytestmark = pytest.mark.anyio


@pytest.fixture
def lab(small):
    return small.course.lab(1)


@pytest.fixture
def form(lab):
    form = NotebookLab(lab).remember()
    yield form
    form.close()


def test_browser_is_not_told_the_answers(form):
    """What reaches the browser has questions and options, and no explanation."""
    told = json.dumps(form.questions)
    assert WRONG in told
    assert not [secret for secret in ("Each tonne", "no weight", "but", "right") if secret in told]


def test_wrong_choice_is_explained_at_once_and_the_first_is_kept(form, lab):
    """The others can be tried; the score has what was chosen first."""
    form._heard(None, {"name": "cargo", "said": WRONG}, [])
    assert form.said["cargo"]["words"] == "No. Only what has no weight leaves a boat as it is."
    form._heard(None, {"name": "cargo", "said": RIGHT}, [])
    assert form.said["cargo"] == {"said": RIGHT, "words": "Right. Each tonne adds a metre."}
    assert recall_of(lab).said == {"cargo": WRONG}


def test_form_shown_again_shows_what_was_said(form, lab):
    """An answer of another day is there, with its explanation."""
    form._heard(None, {"name": "wind", "said": "as deep as before"}, [])
    later = NotebookLab(lab).remember()
    assert later.said == {"wind": {"said": "as deep as before", "words": "Right. Weight alone decides."}}
    later.close()


@pytest.mark.parametrize("message", ["cargo", {}, {"name": "colour", "said": RIGHT}])
def test_message_that_answers_nothing_changes_nothing(form, lab, message):
    """What the form did not ask is left alone."""
    form._heard(None, message, [])
    assert (form.said, recall_of(lab).said) == ({}, {})


def test_text_is_the_same_on_every_run(form):
    """What nbval compares has the number of questions, answered or not."""
    before = repr(form)
    form._heard(None, {"name": "cargo", "said": WRONG}, [])
    assert repr(form) == before == "<2 questions; in a terminal: capsize remember 01>"


async def again(lab, monkeypatch, verdict):
    """Run the verb with a check that has this verdict; return what it showed, and its verdict."""
    notebook, shown = NotebookLab(lab), []

    async def judged(exercise, on, seed):
        return verdict

    monkeypatch.setattr(notebook, "_judge", judged)
    monkeypatch.setattr("capsize.ui.again.shown", shown.append)
    return shown, await notebook.again()


async def test_notebook_says_what_is_next(lab, monkeypatch, capsys):
    """Nothing due: a line, and no verdict."""
    _, verdict = await again(lab, monkeypatch, None)
    assert (verdict, "nothing is due" in capsys.readouterr().out) == (None, True)


async def test_notebook_asks_checks_and_moves_on(small, lab, monkeypatch, capsys):
    """A prediction that was measured is asked, the check runs, and its pass is due in three days."""
    monkeypatch.setattr("builtins.input", lambda _: "1")
    sinks = {"said": "yes", "unit": "", "at": YESTERDAY, "measured": 0.0, "was": "no"}
    kept = {"passed": {"1.1": YESTERDAY}, "predictions": {"01_boat": {"sinks": sinks}}}
    small.write("work/progress.json", json.dumps(kept))
    shown, verdict = await again(lab, monkeypatch, Verdict("1.1", "passed"))
    assert (shown[0].is_right, verdict.passed) == (True, True)
    assert "1.1 comes back in 3 days" in capsys.readouterr().out


async def test_each_time_has_a_draw_of_its_own(small, lab, monkeypatch):
    """The fault that comes back is another one: what the check draws from is new each time."""
    monkeypatch.delenv("CAPSIZE_SEED", raising=False)
    notebook, seeds = NotebookLab(lab), set()

    async def judged(exercise, on, seed):
        seeds.add(seed)
        return Verdict("1.1", "unjudged")

    monkeypatch.setattr(notebook, "_judge", judged)
    small.write("work/progress.json", json.dumps({"passed": {"1.1": YESTERDAY}}))
    for _ in range(3):
        await notebook.again("1.1")
    assert len(seeds) > 1


async def test_notebook_asks_the_question_that_came_back(small, lab, monkeypatch):
    """A question that was answered wrong is shown as a form, whose answer moves it on."""
    small.write("work/progress.json", json.dumps({"again": {"01_boat/cargo": {"step": 0, "at": YESTERDAY}}}))
    (form,), _ = await again(lab, monkeypatch, None)
    assert [asked["name"] for asked in form.questions] == ["cargo"]
    form._heard(None, {"name": "cargo", "said": RIGHT}, [])
    form._heard(None, {"name": "cargo", "said": WRONG}, [])
    assert lab.progress.read()["again"]["01_boat/cargo"]["step"] == 1
    form.close()


async def test_only_your_own_files_come_back(small, monkeypatch):
    """With the solutions in the kernel nothing is asked, and the message says what to open."""
    with pytest.raises(CapsizeError, match="only your own files"):
        await again(small.course.lab(1, "solutions"), monkeypatch, None)
