"""The same check, its stack made of containers."""

from __future__ import annotations

import pytest

from capsize.check.run import judge
from capsize.course import Course
from capsize.session.hosts import DOCKER

SOLVED = [(name, "solutions", "passed") for name in ("1.1", "3.1", "6.1", "8.4", "10.5", "15.1")]
GIVEN = [(name, "starter", "refused") for name in ("1.1", "10.5")]


@pytest.mark.parametrize(("name", "code", "status"), [*SOLVED, *GIVEN])
def test_a_check_judges_containers_alike(name: str, code: str, status: str):
    """An exercise is passed by its solution and refused as it was given, on Docker too."""
    lab, (exercise,) = Course.here().find(name, code)
    verdict = judge(lab, exercise, on=DOCKER)
    assert verdict.status == status, verdict.text


def test_a_check_that_wants_processes_judges_no_containers():
    """Lab 06's store in a container checks no signature: a right answer would be refused, so none is judged."""
    lab, (exercise,) = Course.here().find("6.2", "solutions")
    verdict = judge(lab, exercise, on=DOCKER)
    assert (verdict.status, "motoserver/moto checks no signature" in verdict.got) == ("unjudged", True), verdict.text
