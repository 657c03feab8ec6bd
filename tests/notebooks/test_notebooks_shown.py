"""Every notebook, run by nbval against the solutions, shows what is committed. The run that wrote it was the first."""

from __future__ import annotations

import pytest
from the_course import LABS, names

from capsize.notebooks.replay import replay


@pytest.mark.parametrize("lab", LABS, ids=names)
def test_notebook_shows_what_is_committed(lab):
    """A run against the solutions shows what the file shows."""
    run = replay(lab.rooms)
    assert run.passed, run.report
