"""A verdict: what was done, what was expected, what came back, the evidence, and where to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["passed", "refused", "unjudged"]
WIDTH = 10  # of the column with the parts' names
LINES = ("held", "evidence", "held_lines", "others")  # the parts that are lists


@dataclass(frozen=True)
class Verdict:
    """The judgement on one exercise. ``unjudged`` is not a pass: the evidence says what kept us from judging.

    ``held`` are the claims of a pass; ``expected`` and ``got`` are the one claim that did not hold. ``line`` is the
    number of the acceptance line that it belongs to, and ``accept`` that line; ``held_lines`` are the numbers of those
    that held, 0 for none. ``seed`` is what the check ``drew`` from, if it drew anything.
    ``others`` is why others were refused there, where it is refused once more for the same.
    ``unchanged`` says of a pass that nothing it rests on has changed since; ``unsaved`` of a refusal that the file is
    the one that was given.
    """

    exercise: str
    status: Status
    title: str = ""
    done: str = ""
    held: tuple[str, ...] = ()
    expected: str = ""
    got: str = ""
    evidence: tuple[str, ...] = ()
    look: str = ""
    advice: str = ""
    seconds: float = 0.0
    unchanged: bool = False
    line: int = 0
    accept: str = ""
    held_lines: tuple[int, ...] = ()
    seed: int = 0
    drew: bool = False
    others: tuple[str, ...] = ()
    unsaved: str = ""

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def headline(self) -> str:
        """The one line that holds on every run: the exercise and the status."""
        words = {"passed": "passed", "refused": "not yet", "unjudged": "could not be judged"}
        since = ", unchanged since" if self.unchanged else ""
        return f"{self.exercise} {words[self.status]}{since}: {self.title}".rstrip(": ")

    @property
    def next(self) -> str:
        """What to do or type now."""
        return self.advice or {"passed": "", "refused": self._hint, "unjudged": "capsize doctor"}[self.status]

    @property
    def asked(self) -> str:
        """The acceptance line that is broken, by its number and its words; empty where the check names none."""
        return f"{self.line}. {self.accept}" if self.line else ""

    @property
    def repeat(self) -> str:
        """What to type to have the same fault again; empty where every run has the same."""
        return f"capsize check {self.exercise} --seed {self.seed}" if self.drew else ""

    @property
    def _hint(self) -> str:
        return "" if self.exercise.endswith(".own") else f"capsize hint {self.exercise}"

    @property
    def text(self) -> str:
        """The headline and the five parts, one below the other."""
        return "\n".join((self.headline, *self._parts()))

    def to_json(self) -> dict[str, Any]:
        lines = {name: list(getattr(self, name)) for name in LINES}
        return {**asdict(self), **lines, "next": self.next}

    @classmethod
    def from_json(cls, words: Mapping[str, Any]) -> Verdict:
        fields = {name: words[name] for name in cls.__dataclass_fields__}
        return cls(**{**fields, **{name: tuple(words[name]) for name in LINES}})

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.headline

    def _parts(self) -> Iterator[str]:
        for name, lines in (
            ("done", self.done.splitlines()),
            ("asked", self.asked.splitlines()),
            ("held", [f"✓ {claim}" for claim in self.held]),
            ("expected", self.expected.splitlines()),
            ("got", self.got.splitlines()),
        ):
            yield from _column(name, lines)
        if self.evidence:
            yield from _column("evidence", self.evidence)
        if self.look:
            yield from _column("look at", [self.look])
        if self.others:
            reasons = (f"{number}. {because}" for number, because in enumerate(self.others, 1))
            which = f"which was it? capsize why {self.exercise} 1 (0: none of these)"
            yield from _column("others", ["met this with one of these:", *reasons, which])
        if self.unsaved:
            yield from _column("saved?", [self.unsaved])
        if self.next:
            yield from _column("next", [self.next])
        if self.repeat:
            yield from _column("repeat", [self.repeat])


def _column(name: str, lines: list[str] | tuple[str, ...]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"  {name if number == 0 else '':<{WIDTH}}{line}".rstrip()


def exit_code(verdicts: list[Verdict]) -> int:
    """Say it to a script: 0 all passed, 1 refused, 2 one or more could not be judged (or there was none)."""
    statuses = {verdict.status for verdict in verdicts}
    if not statuses or "unjudged" in statuses:
        return 2
    return 1 if "refused" in statuses else 0
