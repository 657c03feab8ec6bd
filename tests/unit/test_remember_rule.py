"""The rule on what to remember: the last cell asks the lab's questions, and no other does."""

from __future__ import annotations

import pytest
from good_notebook import code, good, rooms_below, write
from small_course import RECALL

from capsize.notebooks.notebook import read
from capsize.notebooks.rules.remember import RULES

ASKS = "await lab.down()\nlab.remember()"


@pytest.fixture
def findings(tmp_path):
    """Say what the rule finds in a notebook that ends with these cells, with a file of questions or without."""

    def find(*cells, questions=RECALL):
        rooms = rooms_below(tmp_path)
        rooms.recall_file.parent.mkdir(exist_ok=True)
        rooms.recall_file.write_text(questions)
        write(rooms, [good()[0], *(code(source) for source in cells)])
        return [str(finding) for rule in RULES for finding in rule(read(rooms))]

    return find


def test_last_cell_that_asks_is_fine(findings):
    """The stack is down, and the form is the last thing that the notebook shows."""
    assert findings("print(1)", ASKS) == []


def test_lab_without_questions_asks_nothing(findings):
    """No file, no cell."""
    assert findings("print(1)", questions="") == []


@pytest.mark.parametrize("cells", [("print(1)",), (ASKS, "print(1)"), (ASKS, ASKS), ("lab.remember()\nprint(1)",)])
def test_questions_that_are_asked_elsewhere_are_found(findings, cells):
    """Not at all, not last, twice, or in a line whose form is not shown."""
    assert ["Let the last line of the last code cell be" in one for one in findings(*cells)] == [True]


def test_cell_that_asks_without_questions_is_found(findings):
    """A lab whose file is missing shows an empty form, and that is said."""
    assert len(findings(ASKS, questions="")) == 1
