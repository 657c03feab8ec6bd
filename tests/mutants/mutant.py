"""A mutant: a text in which one small step was taken, with the words for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from mutants import python_steps, yaml_steps
from mutants.step import Step

Meaning = Callable[[str], Hashable]  # of a text; None where it has none, so that nothing could be judged
LANGUAGES: dict[str, tuple[Callable[[str], Iterable[Step]], Meaning]] = {
    ".py": (python_steps.steps, python_steps.meaning),
    ".yaml": (yaml_steps.steps, yaml_steps.meaning),
}


@dataclass(frozen=True)
class Mutant:
    """A file of a solution after one step; ``line`` is the line as it was, without its indentation."""

    file: str
    number: int
    line: str
    change: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.number} {self.change}: {self.line}"


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Yield each mutant of a file once, in the order of its lines; none that is not valid or means the same."""
    if PurePosixPath(file).suffix not in LANGUAGES:
        return  # a Procfile, or a list of packages: every line of it is a decision of its own
    steps, meaning = LANGUAGES[PurePosixPath(file).suffix]
    seen = {None, meaning(source)}
    for step in sorted(steps(source), key=lambda step: step.start):
        text = step.taken(source)
        if (means := meaning(text)) not in seen:
            seen.add(means)
            number = source.count("\n", 0, step.start) + 1
            yield Mutant(file, number, source.split("\n")[number - 1].strip(), step.change, text)
