"""The decorator that says which exercise a test judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

DEADLINE = 60.0
Test = TypeVar("Test", bound=Callable[..., object])


def exercise(id: str, *, deadline: float = DEADLINE) -> Callable[[Test], Test]:  # noqa: A002 - what a learner calls it
    """Mark a test as a check of an exercise. It is ended, unjudged, after ``deadline`` seconds, its stack included."""
    import pytest

    return pytest.mark.exercise(id, deadline=deadline)
