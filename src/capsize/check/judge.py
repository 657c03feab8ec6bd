"""What a check says while it runs: what it did, what it expected, what it got.

Plain ``assert`` would vanish under ``python -O`` and says too little; a Judge raises Refusal with all five parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from capsize.check.draw import Draw
from capsize.check.given_up import awaiting
from capsize.course.exercises import Exercise
from capsize.waiting import asked, came_true

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

QUOTED = 10  # events of a story


class HeldClaim(NamedTuple):
    """A claim that held, and the acceptance line that it belongs to; 0 for none."""

    sentence: str
    line: int


class Refusal(Exception):  # noqa: N818 - a refusal is a result
    """The learner's files do not do what the exercise asks for. A result, not an error.

    ``line`` is the number of the acceptance line that is broken; 0 where the check says none.
    """

    def __init__(
        self,
        *,
        expected: str,
        got: object,
        evidence: object = (),
        look: str | None = None,
        done: str | None = None,
        advice: str = "",
        line: int = 0,
    ) -> None:
        self.expected, self.got, self.evidence = expected, str(_called(got)), tuple(_lines(_called(evidence)))
        super().__init__(f"expected: {expected}\ngot: {self.got}")
        self.look, self.done, self.advice, self.line = look, done, advice, line


class Judge:
    """Collects what a check does and finds. ``code`` is the folder with the learner's files.

    ``seed`` is what ``draw`` draws from; ``line`` is the acceptance line that claims belong to which name none.
    """

    def __init__(self, exercise: Exercise, code: Path, seed: int = 0) -> None:
        self.exercise, self.code, self.seed = exercise, code, seed
        self.deeds: list[str] = []
        self.held: list[HeldClaim] = []
        self.look, self.line = "", 0
        self.evidence: object = ()

    @cached_property
    def draw(self) -> Draw:
        """What differs from run to run: names, amounts, counts, moments. A verdict says how to have them again."""
        return Draw(self.seed, self.exercise.id)

    @property
    def drew(self) -> bool:
        """Whether the check drew anything."""
        return "draw" in vars(self)

    def done(self, text: str) -> None:
        """Say what the check did, in a learner's words; several are read one after the other."""
        self.deeds.append(text)

    def point(self, *, look: str | None = None, evidence: object = None, line: int | None = None) -> None:
        """Say where claims look, what they quote and which acceptance line they belong to, unless they say it.

        What is not given stays as it is.
        """
        self.look = self.look if look is None else look
        self.evidence = self.evidence if evidence is None else evidence
        self.line = self.line if line is None else self._known(line)

    def claim(
        self,
        holds: object,
        sentence: str,
        bad: object = "",
        *,
        evidence: object = None,
        look: str | None = None,
        at: str | None = None,
        line: int | None = None,
    ) -> None:
        """Note that a claim holds, by its sentence; otherwise refuse the learner's files with what is ``bad``.

        ``look`` is words of the exercise's file, whose line the learner is sent to; ``at`` is a place that is known,
        ``inventory.py:23``. Without either the place is taken from the log, or from the TODO. ``evidence`` is lines, a
        text, an answer of httpx, timeline events, or a list of such. Where ``bad`` or ``evidence`` is a function, it is
        called for a refusal alone. ``line`` is the number of the acceptance line that the claim belongs to.
        """
        broken = self.line if line is None else self._known(line)
        if not holds:
            words = self.look if look is None else look
            place = at or (self.place(words) if words else None)
            quoted = self.evidence if evidence is None else evidence
            raise Refusal(expected=sentence, got=bad, evidence=quoted, look=place, line=broken)
        self.held.append(HeldClaim(sentence, broken))

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

        with awaiting(sentence, refusal.get("line") or self.line):
            found = await came_true(decided, within)
        self.claim(found and found[0], sentence, bad, **refusal)

    def _known(self, line: int) -> int:
        """Return the number of an acceptance line. Raise ValueError where the exercise has no such line."""
        if not 0 <= line <= len(self.exercise.accept):
            raise ValueError(f"{self.exercise.id} has acceptance lines 1 to {len(self.exercise.accept)}, not {line}")
        return line

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
        yield exchange(evidence)
    elif isinstance(evidence, Iterable):
        for one in evidence:
            yield from _lines(one)
    elif evidence is not None:
        yield str(evidence)


def exchange(answer: Any) -> str:
    """Write an answer of httpx as one line: what was asked, the status and the text."""
    request = answer.request
    body = answer.text if len(answer.text) <= 200 else f"{answer.text[:200]}…"
    return f"{request.method} {request.url.path} -> {answer.status_code} {body}".rstrip()
