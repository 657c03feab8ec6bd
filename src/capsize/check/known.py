"""What is known of a test after one of its phases, and what that means for the exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from capsize.check.judge import Judge, Refusal
from capsize.check.opinion import plain, refusal_of_silence, say_passed, say_refused, say_unjudged
from capsize.check.witness import Witness
from capsize.errors import CapsizeError

if TYPE_CHECKING:
    import pytest

TAIL = 8  # lines of a traceback that are quoted


@dataclass(frozen=True)
class Known:
    """The test's judge, the stack's witness if there is a stack, and what was said after an earlier phase."""

    judge: Judge | None
    witness: Witness | None
    said: dict[str, Any] | None

    def opinion(self, raised: BaseException | None, report: pytest.TestReport) -> dict[str, Any] | None:
        """Say what this phase means for the exercise; None where it adds nothing."""
        error = plain(raised) if raised else None
        if report.skipped or hasattr(report, "wasxfail"):
            return say_unjudged([f"the check was skipped: {error or report.longrepr}"], self.judge)
        if isinstance(error, Refusal) and self.judge:
            return say_refused(error, self.judge, self.witness)
        if error is not None:
            return self._opinion_of(error, report)
        return say_passed(self.judge) if report.when == "call" and self.judge else None

    def _opinion_of(self, error: BaseException, report: pytest.TestReport) -> dict[str, Any] | None:
        if self.said and self.said["status"] == "refused":
            return None
        refused = refusal_of_silence(error, self.witness) if self.witness and report.when == "call" else None
        if refused and self.judge:
            return say_refused(refused, self.judge, self.witness)
        advice = error.next or "" if isinstance(error, CapsizeError) else ""
        return say_unjudged(_told_by(error, report), self.judge, advice)


def _told_by(error: BaseException, report: pytest.TestReport) -> list[str]:
    """Write an error that is not a verdict: one of ours in its own words, another with where it came from."""
    if isinstance(error, CapsizeError):
        return [error.what, *(words for words in (error.expected, error.got) if words), *error.evidence]
    lines = [line for line in str(error).splitlines() if line.strip()] or [""]
    trace = [line for line in report.longreprtext.splitlines() if line.strip()] if report.when == "call" else []
    return [f"{type(error).__name__}: {lines[0]}".rstrip(": "), *lines[1:], *trace[-TAIL:]]
