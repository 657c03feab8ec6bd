"""From how a test ended to the verdict on its exercise: passed, refused, or not judged, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from capsize.check import silence
from capsize.check.attribution import plain, unwritten_refusal, within
from capsize.check.judge import Judge, Refusal
from capsize.check.log_analysis import LogAnalysis, unwritten
from capsize.check.verdict import Verdict
from capsize.errors import CapsizeError
from capsize.runtime.tracebacks import without_foreign_frames
from capsize.stack.model import Location

if TYPE_CHECKING:
    import pytest

    from capsize.check.kit.machine_load import Neighbours

SERVER_ERROR = re.compile(r"\b500\b")
SILENCE = re.compile(r"\b50[34]\b|Timeout")
TAIL = 8  # lines of a traceback that are quoted


@dataclass(frozen=True)
class Outcome:
    """One test of an exercise: its judge, its stack's logs if it has a stack, and the verdict of an earlier phase.

    ``neighbours`` is what others on this machine did since the test began.
    """

    exercise: str
    judge: Judge | None
    logs: LogAnalysis | None
    earlier: Verdict | None
    neighbours: Neighbours | None = None

    def verdict(self, raised: BaseException | None, report: pytest.TestReport) -> Verdict | None:
        """Return what this phase of the test means for the exercise; None where it adds nothing."""
        error = plain(raised) if raised else None
        if report.skipped or hasattr(report, "wasxfail"):
            return unjudged(self.exercise, [f"the check was skipped: {error or report.longrepr}"], self.judge)
        if isinstance(error, Refusal) and self.judge:
            return refused(error, self.judge, self.logs)
        if error is not None:
            return self._verdict_on(error, report)
        return passed(self.judge) if report.when == "call" and self.judge else None

    def _verdict_on(self, error: BaseException, report: pytest.TestReport) -> Verdict | None:
        if self.earlier and self.earlier.status == "refused":
            return None
        if self.logs and self.judge and report.when == "call":
            meaning = silence.verdict_on(error, self.judge, self.logs, self.neighbours)
            if isinstance(meaning, Refusal):
                return refused(meaning, self.judge, self.logs)
            error = meaning or error
        advice = error.next or "" if isinstance(error, CapsizeError) else ""
        return unjudged(self.exercise, _error_lines(error, report), self.judge, advice)


def passed(judge: Judge) -> Verdict:
    """Return a pass. A check without a claim cannot fail, so it proves nothing."""
    if not judge.held:
        return unjudged(judge.exercise.id, ["the check claimed nothing, so it cannot fail"], judge)
    held = tuple(dict.fromkeys((_plain(sentence), line) for sentence, line in judge.held))
    return Verdict(
        judge.exercise.id,
        "passed",
        done=_joined(judge.deeds),
        held=tuple(sentence for sentence, _ in held),
        held_lines=tuple(line for _, line in held),
        **_drawn(judge),
    )


def refused(refusal: Refusal, judge: Judge, logs: LogAnalysis | None) -> Verdict:
    """Return a refusal; what the check left out is filled in from the stack's logs."""
    open_path = unwritten((refusal.got, *refusal.evidence)) or (logs.unwritten() if logs else None)
    if open_path:
        by_id = unwritten_refusal(open_path, judge.exercise)
        refusal = Refusal(expected=by_id.expected, got=by_id.got, evidence=refusal.evidence, done=refusal.done)
    line = 0 if open_path else refusal.line or judge.line
    return Verdict(
        judge.exercise.id,
        "refused",
        done=refusal.done or _joined(judge.deeds) or "started the stack with your files",
        expected=refusal.expected,
        got=refusal.got,
        advice=refusal.advice,
        line=line,
        accept=judge.exercise.accept[line - 1] if line else "",
        **_drawn(judge),
        **_pointers(refusal, judge, None if open_path else logs),
    )


def unjudged(exercise: str, why: list[str], judge: Judge | None = None, advice: str = "") -> Verdict:
    """Return what kept us from judging, and what to do about it where that is known."""
    done = _joined(judge.deeds) if judge else ""
    expected = "a check that runs to its end"
    evidence, drawn = tuple(why[1:]), _drawn(judge) if judge else {}
    return Verdict(
        exercise, "unjudged", done=done, expected=expected, got=why[0], evidence=evidence, advice=advice, **drawn
    )


def _drawn(judge: Judge) -> dict[str, Any]:
    return {"seed": judge.seed, "drew": judge.drew}


def _pointers(refusal: Refusal, judge: Judge, logs: LogAnalysis | None) -> dict[str, Any]:
    """Return where to look and why: the check's own words, and what the learner's logs know better."""
    words = "\n".join((refusal.got, *refusal.evidence))
    failed = bool(SERVER_ERROR.search(words))
    place = (logs.lacking(judge.exercise.file) or logs.line()) if logs and (failed or not refusal.look) else None
    cause = None if place or not logs else _cause(words, logs)
    found = place or (cause and cause[0])
    quoted = logs.last_words() if logs and (place or failed or not refusal.evidence) else []
    evidence = (*refusal.evidence, *without_foreign_frames(quoted, judge.code), *((cause[1],) if cause else ()))
    return {
        "look": within(found, judge.code) if found else refusal.look or judge.place(judge.look or judge.exercise.todo),
        "evidence": tuple(dict.fromkeys(evidence)),
    }


def _cause(words: str, logs: LogAnalysis) -> tuple[Location, str] | None:
    """Name a line that explains much without any traceback: nobody awaits it, or it is executed for ever."""
    stuck = logs.where_it_is_stuck() if SILENCE.search(words) else None
    return (stuck, f"{stuck.file.name}:{stuck.line} is still being executed") if stuck else logs.unawaited()


def _error_lines(error: BaseException, report: pytest.TestReport) -> list[str]:
    """Write an error that is not a verdict: one of ours in its own words, another with where it came from."""
    if isinstance(error, CapsizeError):
        return [error.what, *(words for words in (error.expected, error.got) if words), *error.evidence]
    lines = [line for line in str(error).splitlines() if line.strip()] or [""]
    trace = [line for line in report.longreprtext.splitlines() if line.strip()] if report.when == "call" else []
    return [f"{type(error).__name__}: {lines[0]}".rstrip(": "), *lines[1:], *trace[-TAIL:]]


def _joined(texts: Iterable[str]) -> str:
    """Write each text once, on a line of its own."""
    return "\n".join(dict.fromkeys(map(_plain, texts)))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
