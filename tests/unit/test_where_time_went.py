"""The end of a long run says where its time went."""

from __future__ import annotations

import pytest
from where_time_went import Spent, told

WRONG = "tests/wrong/test_wrong.py::test_wrong_answer_is_refused_for_its_own_reason[8.2_none]"
KINDS = {
    WRONG: "wrong answers",
    "tests/wrong/test_wrong.py::test_right_answer_passes[8.2_two]": "right answers",
    "tests/course/test_matrix.py::test_solution_passes[8.2]": "matrix",
    "tests/course/test_decks.py::test_deck": "course",
    "tests/local/runtime/test_start.py::test_start": "runtime",
    "tests/local/test_cli.py::test_cli": "local",
    "tests/browser/board/test_board.py::test_board": "browser",
}


@pytest.mark.parametrize("test", KINDS)
def test_a_test_is_of_the_kind_that_its_place_says(test):
    """A test is told with the others of its room."""
    assert Spent(test, "08_health", 1, 1).kind == KINDS[test]


def test_seconds_are_summed_by_kind_and_by_lab():
    """The table has a row for each kind, the longest first, and a column for each lab."""
    spent = [Spent(WRONG, "08_health", 4, 2), Spent(WRONG, "08_health", 5, 2), Spent("tests/unit/test_a.py", "", 1, 1)]
    assert [line.split() for line in list(told(spent))[:4]] == [
        ["seconds", "08", "all", "sum", "CPU"],
        ["wrong", "answers", "9", "9", "4"],
        ["unit", "1", "1", "1"],
        ["sum", "9", "1", "10", "5"],
    ]


def test_slowest_come_first():
    """The slowest tests are named, the slowest first."""
    spent = [Spent("tests/unit/test_a.py", "", 1, 1), Spent(WRONG, "08_health", 4, 2)]
    assert [line.rsplit(maxsplit=1)[-1] for line in list(told(spent))[-2:]] == [WRONG, "tests/unit/test_a.py"]
