"""The rules on predictions: each experiment has one, no cell gives an answer, and in two nothing breaks."""

from __future__ import annotations

import pytest
from good_notebook import code, good, rooms_below, write
from small_course import PREDICTIONS

from capsize.notebooks.notebook import read
from capsize.notebooks.rules.predictions import RULES

ANOTHER_FOIL = """
[[prediction]]
name = "rolls"
asks = "Does it roll?"
naive = "yes"
foil = "no"
choices = { "no" = false, "yes" = true }
"""
ASKED = (
    'await given.predict("sinks")\ngiven.compare_prediction("sinks", False)',
    'await given.predict("draught")',
    "report = await given.load(users=2, seconds=2)",
    'given.compare_prediction("draught", 5)',
    'await given.predict("rolls")\ngiven.compare_prediction("rolls", False)',
)
FUNCTION = "async def storm(lab):\n    return await lab.load(users=2, seconds=2)"


@pytest.fixture
def findings(tmp_path):
    """Say what the rules find in a notebook of these cells, with a file of these questions."""

    def find(*cells, questions=PREDICTIONS + ANOTHER_FOIL):
        rooms = rooms_below(tmp_path)
        rooms.predictions_file.parent.mkdir(exist_ok=True)
        rooms.predictions_file.write_text(questions)
        write(rooms, [good()[0], *(code(source) for source in cells)])
        return [str(finding) for rule in RULES for finding in rule(read(rooms))]

    return find


def test_notebook_that_predicts_each_experiment_passes(findings):
    """What is asked, measured and compared in order is fine, and so is a function that only will measure."""
    assert findings(FUNCTION, *ASKED) == []


def without(text):
    return [cell for cell in ASKED if text not in cell]


def instead(text, other):
    return [cell.replace(text, other) for cell in ASKED]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (without('predict("draught")'), "load measures what nobody has predicted"),
        ([*ASKED, "await given.sweep()"], "sweep measures what nobody has predicted"),
        ([FUNCTION, *ASKED, "await storm(given)"], "storm measures what nobody has predicted"),
        ([*ASKED, "with shop.edge('a', 'b').cut():\n    pass"], "cut measures what nobody has predicted"),
        (instead('predict("draught")', 'predict("draught", 500)'), "this cell tells what to predict"),
        (instead('predict("draught")', 'predict(name="draught")'), "this cell tells what to predict"),
        (without("rolls"), "it asks for sinks, draught, where the lab's file lists sinks, draught, rolls"),
        (without('prediction("draught"'), "it compares sinks, rolls, and asks for sinks, draught, rolls"),
    ],
)
def test_cells_that_break_a_rule_are_named(findings, cells, words):
    """An experiment without a prediction, a cell with an answer and a question that is not asked are told."""
    assert [finding for finding in findings(*cells) if words in finding]


def test_lab_needs_two_foils(findings):
    """A lab in which everything breaks teaches pessimism."""
    found = findings(*without("rolls"), questions=PREDICTIONS)
    assert [one for one in found if "in 1 of its predictions nothing breaks" in one]
