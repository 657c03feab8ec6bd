"""``make test LAB=08`` leaves out what is another lab's alone, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace

import one_lab
import pytest
from the_course import COURSE, answers


def test_tests_of_other_labs_are_left_out():
    """What is parametrized with another lab or with an answer to it goes; what has no lab stays."""
    general, ours, theirs = case(), case(lab=COURSE.lab("08")), case(lab=COURSE.lab("01"))
    answer, other = (
        case(answer=next(one for one in answers("wrong") if one.slug[:2] == slug)) for slug in ("08", "01")
    )
    items = [general, theirs, ours, other, answer]
    one_lab.pytest_collection_modifyitems(asked("08"), items)
    assert items == [general, ours, answer]


def test_unknown_lab_is_refused():
    """A lab that is not there would leave out all of them."""
    with pytest.raises(pytest.UsageError, match="there is no lab 99"):
        one_lab.pytest_collection_modifyitems(asked("99"), [])


def case(**parameters):
    return SimpleNamespace(callspec=SimpleNamespace(params=parameters)) if parameters else SimpleNamespace()


def asked(lab):
    return SimpleNamespace(option=SimpleNamespace(lab=lab), hook=SimpleNamespace(pytest_deselected=lambda items: None))
