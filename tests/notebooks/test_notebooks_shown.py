"""Every notebook, run by nbval against the solutions, shows what is committed. The run that wrote it was the first."""

from __future__ import annotations

import pytest
from the_course import LABS, names

from capsize.notebooks.replay import replay


def alone(lab):
    """Have a notebook run alone whose checks are judged alone: it runs them, too."""
    whys = [exercise.alone for exercise in lab.exercises if exercise.alone]
    return [pytest.mark.alone(whys[0])] if whys else []


@pytest.mark.parametrize("lab", [pytest.param(lab, marks=alone(lab)) for lab in LABS], ids=names)
def test_notebook_shows_what_is_committed(lab):
    """A run against the solutions shows what the file shows."""
    run = replay(lab.rooms)
    assert run.passed, run.report
