"""The same check, its stack made of containers."""

from __future__ import annotations

import pytest

from capsize.check.run import judge
from capsize.course import Course
from capsize.places import DOCKER


@pytest.mark.parametrize(("code", "status"), [("solutions", "passed"), ("starter", "refused")])
def test_a_check_judges_containers_alike(code: str, status: str):
    """Lab 01's first exercise is passed by its solution and refused as it was given, on Docker too."""
    lab, (exercise,) = Course.here().find("1.1", code)
    verdict = judge(lab, exercise, on=DOCKER)
    assert verdict.status == status, verdict.text
