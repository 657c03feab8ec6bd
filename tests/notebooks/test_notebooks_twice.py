"""Every notebook runs twice in a row by nbval and shows what is committed."""

from __future__ import annotations

import pytest
from the_course import LABS, names

from capsize.notebooks.replay import replay


@pytest.mark.parametrize("lab", LABS, ids=names)
def test_notebook_shows_what_is_committed_twice(lab):
    """A run against the solutions shows what the file shows, and so does the next."""
    for _ in range(2):
        run = replay(lab.rooms)
        assert run.passed, run.report
