"""The decorator that says which exercise a test judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

DEADLINE = 60.0
Test = TypeVar("Test", bound=Callable[..., object])


def exercise(
    id: str,  # noqa: A002 - what a learner calls it
    *,
    deadline: float = DEADLINE,
    wait: bool = True,
) -> Callable[[Test], Test]:
    """Mark a test as a check of an exercise. It is ended, unjudged, after ``deadline`` seconds, its stack included.

    Without ``wait`` its stack's Deployments are started and not awaited, as in ``Lab.up``.
    """
    import pytest

    return pytest.mark.exercise(id, deadline=deadline, wait=wait)
