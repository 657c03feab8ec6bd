"""``pytest --lab 08``, by ``make test LAB=08``: leave out what belongs to another lab alone."""

from __future__ import annotations

import pytest
from answers import Answer
from the_course import COURSE

from capsize.course.lab import Lab
from capsize.course.recall import RecallQuestion
from capsize.errors import CapsizeError


def pytest_addoption(parser):
    parser.getgroup("capsize").addoption("--lab", default=None, help="leave out tests of other labs alone")


def pytest_collection_modifyitems(config, items):
    if config.option.lab is None:
        return
    wanted = _slug(config.option.lab)
    others = [item for item in items if not owners(item) <= {wanted}]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def _slug(which):
    try:
        return COURSE.slug(which)
    except CapsizeError as error:
        raise pytest.UsageError(str(error)) from error


def owners(item):
    """Say whose the test is by what it is parametrized with; what has no lab among that is everybody's."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return {parameter.slug for parameter in parameters if isinstance(parameter, Lab | Answer | RecallQuestion)}
