"""A verdict as a learner and a script read it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from capsize.check.verdict import Verdict, exit_code

REFUSED = Verdict(
    "1.1",
    "refused",
    title="Let it float",
    done="loaded 4 tonnes",
    expected="a draught of 5",
    got="a draught of 1",
    evidence=("GET /draught -> 200 1", "12:00:00 boat is light"),
    look="work/01_boat/boat.py:9",
    seconds=1.2,
)
PASSED = Verdict("1.1", "passed", done="loaded it", held=("it floats", "the draught is 5"))


def test_text_has_all_five_parts_in_order():
    """A learner reads what was done, expected, got, the evidence and where to look."""
    names = [line[2:12].strip() for line in REFUSED.text.splitlines()[1:]]
    assert names == ["done", "expected", "got", "evidence", "", "look at", "next"]


def test_pass_ticks_each_claim_that_held():
    """Whoever passed reads a tick and a sentence for each claim, and no figure beside it."""
    assert [line.strip() for line in PASSED.text.splitlines()[2:]] == [
        "held      ✓ it floats",
        "✓ the draught is 5",
    ]


def test_refusal_says_what_to_type():
    """The next step after a refusal is a hint."""
    assert REFUSED.text.splitlines()[-1].split() == ["next", "capsize", "hint", "1.1"]


def test_the_last_line_says_how_to_repeat_the_fault():
    """A refusal and a pass of a check that draws are repeated by their seed, at the same fault."""
    drawn = [replace(verdict, seed=1234, drew=True) for verdict in (REFUSED, PASSED)]
    assert {verdict.text.splitlines()[-1] for verdict in drawn} == {"  repeat    capsize check 1.1 --seed 1234"}


@pytest.mark.parametrize("verdict", [REFUSED, PASSED, replace(PASSED, held_lines=(1, 2), seed=7, drew=True)])
def test_json_comes_back_as_it_went(verdict):
    """A verdict survives being written down."""
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


def test_notebooks_text_holds_no_number_that_changes():
    """What nbval compares is the exercise and the status alone."""
    assert repr(REFUSED) == "1.1 not yet: Let it float"


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["passed"], 0),
        (["passed", "refused"], 1),
        (["unjudged"], 2),
        (["refused", "unjudged"], 2),
        (["passed", "unjudged"], 2),
        ([], 2),
    ],
)
def test_exit_code_is_zero_for_passes_only(statuses, code):
    """0 passed, 1 refused, 2 not judged; nothing at all is not judged."""
    assert exit_code([Verdict("1.1", status) for status in statuses]) == code
