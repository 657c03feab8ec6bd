"""Mutants of a solution are judged by its own check, each in a process of its own."""

from __future__ import annotations

from mutants.trial import Trial

BOAT = """\
def draught(cargo):
    if cargo > 40:
        raise ValueError("she sinks")
    return 1 + cargo
"""
CHECK = """\
import runpy


@exercise("1.1")
def test_the_boat_lies_deeper_with_cargo(judge):
    draught = runpy.run_path(str(judge.code / "boat.py"))["draught"]
    judge.claim(draught(4) == 5, "a draught of 5", bad="another")
"""


def test_each_mutant_is_judged_by_its_check_and_what_that_does_not_see_is_told(small, tmp_path):
    """A check that loads one light cargo sees each wrong draught, and nothing of a limit that is another."""
    small.write("solutions/01_boat/boat.py", BOAT)
    small.checks(CHECK)
    tally = Trial(small.course, "1.1", small.root, tmp_path / "kept").run()
    assert list(tally.lines) == [
        "1.1 boat.py: 9 mutants, 4 refused, 0 equivalent, 5 survive: 44% refused",
        "  survives: boat.py:2 > becomes >=: if cargo > 40:",
        "  is not judged: boat.py:2 > becomes <=: if cargo > 40:",
        "  survives: boat.py:2 40 becomes 41: if cargo > 40:",
        "  survives: boat.py:2 40 becomes 39: if cargo > 40:",
        '  survives: boat.py:3 statement away: raise ValueError("she sinks")',
    ]
