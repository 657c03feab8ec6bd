"""Every lab's notebook keeps the house rules. That it still shows what it shows is checked by `make test`, by nbval."""

from __future__ import annotations

import pytest

from capsize.course import Course
from capsize.notebooks.lint import lint

LABS = Course.here().labs()


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_notebook_keeps_the_rules(lab):
    """The lint has nothing to say about a committed notebook."""
    assert [str(finding) for finding in lint(lab.rooms)] == []
