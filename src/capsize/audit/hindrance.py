"""What keeps the audit from judging: a reason in one sentence, and what shows it."""

from __future__ import annotations

from collections.abc import Iterable


class Hindrance(Exception):  # noqa: N818 - a result of the audit, not an error of anybody's
    """A factor could not be judged."""

    def __init__(self, because: str, evidence: Iterable[str] = ()) -> None:
        super().__init__(because)
        self.because, self.evidence = because, tuple(evidence)
