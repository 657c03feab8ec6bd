"""An account of every answer that customers had: promised, or excused by a fault of the check's own.

A check that only counts successes does not see what became of the rest. Here nothing is left over.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from capsize.check.judge import Judge

QUOTED = 2  # answers of each kind
LONGEST = 160  # letters of a body that are quoted


class Answered(Protocol):
    """What an account reads of an answer. ``kind`` is the status, or the kind of error where no answer arrived."""

    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> Any: ...
    @property
    def asked(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def at(self) -> float: ...
    @property
    def seconds(self) -> float: ...


class Excuse:
    """A fault of the check's own, and the kinds of answer that it excuses: those under way during its block.

    The block may be entered again. ``keys`` names requests that are excused at any time, by their Idempotency-Key.
    """

    def __init__(self, why: str, *kinds: str, keys: Collection[str] = ()) -> None:
        if not kinds:
            raise ValueError(f"the excuse {why!r} names no kind of answer, so it would excuse everything")
        self.why, self.kinds, self.keys = why, kinds, keys
        self._times: list[tuple[float, float]] = []

    def __enter__(self) -> Self:
        self._times.append((time.monotonic(), math.inf))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._times[-1] = (self._times[-1][0], time.monotonic())

    def explains(self, answer: Answered) -> bool:
        """Return whether the fault is a reason for this answer."""
        sent, came = answer.at - answer.seconds, answer.at
        is_during = any(sent <= end and came >= begin for begin, end in self._times)
        return answer.kind in self.kinds and (is_during or (answer.key != "" and answer.key in self.keys))


def account(
    judge: Judge,
    answers: Iterable[Answered],
    *,
    expected: Collection[str],
    excused: Iterable[Excuse] = (),
    sentence: str = "",
    line: int | None = None,
    **refusal: Any,
) -> None:
    """Claim that every answer is one of the ``expected`` kinds, or excused by a fault; refuse with what came instead.

    ``refusal`` is what a claim takes. Raise ValueError where there is no answer at all, for that explains nothing.
    """
    every, excuses = list(answers), list(excused)
    if not every:
        raise ValueError("an account of no answer claims nothing")
    rest = [one for one in every if one.kind not in expected and not any(each.explains(one) for each in excuses)]
    refusal.setdefault("evidence", lambda: [*_examples(rest), *_excuses(every, expected, excuses)])
    claimed = sentence or f"every answer is {' or '.join(sorted(expected))}"
    judge.claim(not rest, claimed, lambda: _counted(rest, every), line=line, **refusal)


def _counted(rest: Sequence[Answered], every: Sequence[Answered]) -> str:
    kinds = Counter(answer.kind for answer in rest)
    told = ", ".join(f"{kind} ({count})" for kind, count in kinds.most_common())
    return f"{len(rest)} of {len(every)} answers are not: {told}"


def _examples(rest: Iterable[Answered]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for answer in rest:
        seen[answer.kind] += 1
        if seen[answer.kind] <= QUOTED:
            words = " ".join(f"{answer.asked} -> {answer.kind} {answer.body or ''}".split())
            yield f"{words[:LONGEST]}{'…' if len(words) > LONGEST else ''} after {answer.seconds:.2f} s"


def _excuses(every: Iterable[Answered], expected: Collection[str], excuses: Iterable[Excuse]) -> Iterator[str]:
    """Write how many answers each fault has excused, so that nobody takes the fault itself for the mistake."""
    unexpected = [answer for answer in every if answer.kind not in expected]
    for excuse in excuses:
        if count := sum(excuse.explains(answer) for answer in unexpected):
            yield f"excused, because {excuse.why}: {count}"
