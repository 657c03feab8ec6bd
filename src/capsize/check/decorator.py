"""The decorator that says which exercise a test judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from capsize.stack.model import Stack

DEADLINE = 60.0
Test = TypeVar("Test", bound=Callable[..., object])


def exercise(
    id: str,  # noqa: A002 - what a learner calls it
    *,
    deadline: float = DEADLINE,
    wait: bool = True,
    changed: Callable[[Stack], Stack] | None = None,
    uncontained: str = "",
) -> Callable[[Test], Test]:
    """Mark a test as a check of an exercise, which has ``deadline`` seconds on a machine that does much else.

    On a machine of its own a check gives up after a third of that, or half a minute: what it then waits for is refused.

    Without ``wait`` its stack's Deployments are started and not awaited, as in ``Lab.up``. ``changed`` makes of what
    the lab runs what the test needs of it, so that no other exercise is judged with this one. ``uncontained`` says why
    containers cannot be judged by the test, where that is so.
    """
    import pytest

    return pytest.mark.exercise(id, deadline=deadline, wait=wait, changed=changed, uncontained=uncontained)
