"""What a check says while it runs: what it did, what it expected, what it got.

Plain ``assert`` would vanish under ``python -O`` and says too little; a Judge raises Refusal with all five parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsize.course.exercises import Exercise
from capsize.waiting import asked, came_true

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

QUOTED = 10  # events of a story


class Refusal(Exception):  # noqa: N818 - a refusal is a result
    """The learner's files do not do what the exercise asks for. A result, not an error."""

    def __init__(
        self,
        *,
        expected: str,
        got: object,
        evidence: object = (),
        look: str | None = None,
        done: str | None = None,
        advice: str = "",
    ) -> None:
        self.expected, self.got, self.evidence = expected, str(_called(got)), tuple(_lines(_called(evidence)))
        super().__init__(f"expected: {expected}\ngot: {self.got}")
        self.look, self.done, self.advice = look, done, advice


class Judge:
    """Collects what a check does and finds. ``code`` is the folder with the learner's files."""

    def __init__(self, exercise: Exercise, code: Path) -> None:
        self.exercise, self.code = exercise, code
        self.deeds: list[str] = []
        self.held: list[str] = []
        self.look: str | None = None
        self.evidence: object = ()

    def done(self, text: str) -> None:
        """Say what the check did, in a learner's words; several are read one after the other."""
        self.deeds.append(text)

    def point(self, *, look: str | None = None, evidence: object = ()) -> None:
        """Say where refusals look and what they quote from now on, where a claim says nothing else."""
        self.look, self.evidence = look, evidence

    def claim(
        self,
        holds: object,
        sentence: str,
        bad: object = "",
        *,
        evidence: object = None,
        look: str | None = None,
        at: str | None = None,
    ) -> None:
        """Note that a claim holds, by its sentence; otherwise refuse the learner's files with what is ``bad``.

        ``look`` is words of the exercise's file, whose line the learner is sent to; ``at`` is a place that is known,
        ``inventory.py:23``. Without either the place is taken from the log, or from the TODO. ``evidence`` is lines, a
        text, an answer of httpx, timeline events, or a list of such. Where ``bad`` or ``evidence`` is a function, it is
        called for a refusal alone.
        """
        if not holds:
            words = self.look if look is None else look
            place = at or (self.place(words) if words else None)
            quoted = self.evidence if evidence is None else evidence
            raise Refusal(expected=sentence, got=bad, evidence=quoted, look=place)
        self.held.append(sentence)

    async def eventually(
        self,
        holds: Callable[[], object],
        sentence: str,
        bad: object = "",
        *,
        within: float,
        unless: Callable[[], object] = lambda: False,
        **refusal: Any,
    ) -> None:
        """Wait until a claim holds, ``within`` so many seconds or ``unless`` it cannot any more, and judge it then.

        Both are functions or coroutine functions; ``refusal`` is what ``claim`` takes.
        """

        async def decided() -> tuple[object] | None:
            is_over = await asked(unless)  # first: what brings both about at once is then seen to hold
            held = await asked(holds)
            return (held,) if held or is_over else None

        found = await came_true(decided, within)
        self.claim(found and found[0], sentence, bad, **refusal)

    def story(self, stack: RunningStack, *services: str) -> list[str]:
        """Quote the last events of some services, and what was done to the wires, as evidence."""
        own = [event for event in list(stack.timeline.events) if event.service in services or ">" in event.who]
        return [str(event) for event in own[-QUOTED:]]

    def place(self, words: str, file: str | None = None) -> str:
        """Find the first line of the exercise's file (or another) that holds ``words``: ``file:line`` for ``look``."""
        name = file or self.exercise.file
        path = self.code / name
        lines = path.read_text(errors="replace", encoding="utf-8").splitlines() if path.is_file() else []
        found = next((number for number, line in enumerate(lines, 1) if words in line), None)
        return f"{name}:{found}" if found else name


def _called(words: object | Callable[[], object]) -> object:
    return words() if callable(words) else words


def _lines(evidence: object) -> Iterator[str]:
    """Write evidence as lines: texts line by line, an HTTP answer as its request and what came back."""
    if isinstance(evidence, str):
        yield from evidence.splitlines()
    elif hasattr(evidence, "status_code") and hasattr(evidence, "request"):
        yield _exchange(evidence)
    elif isinstance(evidence, Iterable):
        for one in evidence:
            yield from _lines(one)
    elif evidence is not None:
        yield str(evidence)


def _exchange(answer: Any) -> str:
    request = answer.request
    body = answer.text if len(answer.text) <= 200 else f"{answer.text[:200]}…"
    return f"{request.method} {request.url.path} -> {answer.status_code} {body}".rstrip()
