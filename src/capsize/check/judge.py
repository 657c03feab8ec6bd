"""What a check says while it runs: what it did, what it expected, what it got.

Plain ``assert`` would vanish under ``python -O`` and says too little; a Judge raises Refusal with all five parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from capsize.course.exercises import Exercise


class Refusal(Exception):  # noqa: N818 - a refusal is a result
    """The learner's files do not do what the exercise asks for. A result, not an error."""

    def __init__(
        self,
        *,
        expected: str,
        got: str,
        evidence: Iterable[str] = (),
        look: str | None = None,
        done: str | None = None,
        advice: str = "",
    ) -> None:
        super().__init__(f"expected: {expected}\ngot: {got}")
        self.expected, self.got, self.evidence = expected, got, tuple(evidence)
        self.look, self.done, self.advice = look, done, advice


class Judge:
    """Collects what a check does and finds. ``code`` is the folder with the learner's files."""

    def __init__(self, exercise: Exercise, code: Path) -> None:
        self.exercise, self.code = exercise, code
        self.deeds: list[str] = []
        self.findings: list[tuple[str, str]] = []

    def done(self, text: str) -> None:
        """Say what the check did, in a learner's words; several are read one after the other."""
        self.deeds.append(text)

    def expect(
        self,
        condition: object,
        *,
        expected: str,
        got: object,
        evidence: object = (),
        look: str | None = None,
    ) -> None:
        """Go on if the condition holds; otherwise refuse the learner's files with these words.

        ``evidence`` is lines, a text, an answer of httpx, timeline events, or a list of such. ``look`` is a place in
        the learner's folder, ``inventory.py:23``; without it the place is taken from the log, or from the TODO.
        """
        self.findings.append((expected, str(got)))
        if not condition:
            raise Refusal(expected=expected, got=str(got), evidence=_lines(evidence), look=look)

    def place(self, words: str, file: str | None = None) -> str:
        """Find the first line of the exercise's file (or another) that holds ``words``: ``file:line`` for ``look``."""
        name = file or self.exercise.file
        path = self.code / name
        lines = path.read_text(errors="replace").splitlines() if path.is_file() else []
        found = next((number for number, line in enumerate(lines, 1) if words in line), None)
        return f"{name}:{found}" if found else name


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
