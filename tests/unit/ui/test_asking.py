"""What a form tells the browser, what it takes from it, and how a notebook's verb asks where there is no kernel."""

from __future__ import annotations

import json

import pytest

from capsize.errors import CapsizeError
from capsize.ui.form import PredictionForm
from capsize.ui.notebook import NotebookLab


@pytest.fixture
def lab(small):
    return small.course.lab(1)


@pytest.fixture
def form(lab):
    """The form of the question that asks for a number, and what it has kept."""
    kept = []
    form = PredictionForm(lab.predictions.question("draught"), kept.append, lambda: kept.append("done"))
    form.kept = kept
    yield form
    form.close()


def test_browser_is_not_told_the_answer(form):
    """What reaches the browser has the question and the reasons, and not which of them is right."""
    told = json.dumps(form.question)
    assert "each tonne adds a metre" in told
    assert not [secret for secret in ("An empty boat", "displaced", "naive", "right") if secret in told]


def test_answer_is_kept_once_it_is_whole(form):
    """An answer comes in one message: what is not valid is said in the form, and what is valid is kept."""
    reason = form.question["reasons"][0]
    form._heard(None, {"said": "5", "low": "9", "high": "3", "reason": reason}, [])
    assert ("upside down" in form.trouble, form.kept) == (True, [])
    form._heard(None, {"said": "5", "low": "3", "high": "9", "reason": reason}, [])
    assert (form.trouble, form.kept[0].low, form.kept[1]) == ("", 3, "done")


@pytest.mark.anyio
async def test_prediction_is_typed_where_there_is_no_kernel(lab, monkeypatch, capsys):
    """In a plain Python the notebook's verb asks on stdin, and the second time it says what was said."""
    monkeypatch.setattr("builtins.input", lambda _: "2")
    for _ in range(2):
        await NotebookLab(lab).predict("sinks")
    assert capsys.readouterr().out.count('sinks: you said "yes"') == 2


@pytest.mark.anyio
async def test_number_in_the_cell_is_refused_in_words(lab):
    """A cell of an older notebook, with a number, is told how to ask now."""
    with pytest.raises(CapsizeError, match="takes a name alone"):
        await NotebookLab(lab).predict("draught", 5, unit="m")
