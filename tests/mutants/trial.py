"""An exercise's check on each mutant of its solution, several at a time; what was judged once is kept."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from capsize.check.run import judge
from capsize.course import Course
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab
from capsize.errors import CapsizeError
from mutants.equivalents import Equivalent, gone, read_equivalents
from mutants.mutant import Mutant, mutants

AT_ONCE = 2
SEED = 0  # one draw: a mutant that is judged again has met the same fault
KEPT = "mutants.jsonl"
MADE_OF = ("workbench", "capsize/check/kit")  # what checks are put together from


@dataclass(frozen=True)
class Tally:
    """What became of an exercise's mutants: ``statuses`` are those of the mutants that are not equivalent."""

    exercise: Exercise
    statuses: Mapping[Mutant, str]
    equivalent: int

    @property
    def refused(self) -> int:
        return sum(status == "refused" for status in self.statuses.values())

    @property
    def share(self) -> float:
        """The share of the refused, from 0 to 1; 1 where there is nothing to refuse."""
        return self.refused / len(self.statuses) if self.statuses else 1.0

    @property
    def lines(self) -> Iterator[str]:
        """The figures, and below them each mutant that is not refused."""
        left = {mutant: status for mutant, status in self.statuses.items() if status != "refused"}
        yield (
            f"{self.exercise.id} {self.exercise.file}: {len(self.statuses) + self.equivalent} mutants, "
            f"{self.refused} refused, {self.equivalent} equivalent, {len(left)} survive: {self.share:.0%} refused"
        )
        words = {"passed": "survives", "unjudged": "is not judged"}
        yield from (f"  {words[status]}: {mutant}" for mutant, status in left.items())


class Trial:
    """The mutants of one exercise of a course. Raise CapsizeError where its list of equivalents has one that is gone.

    ``kept`` is the file of the verdicts.
    """

    def __init__(self, course: Course, id: str, listed: Path, kept: Path | None = None) -> None:  # noqa: A002
        self.lab, (self.exercise,) = course.find(id, "solutions")
        self.course, self.kept = course, kept or platformdirs.user_cache_path("capsize") / KEPT
        self.mutants = tuple(exercise_mutants(self.lab, self.exercise))
        self.equivalents = _of(self.exercise, listed / f"{self.lab.slug}.toml", self.mutants)

    def run(self) -> Tally:
        """Judge the solution first, and then all mutants but the equivalent. Raise CapsizeError if it does not pass."""
        judged = [one for one in self.mutants if not any(listed.is_like(one) for listed in self.equivalents)]
        known = _read(self.kept)
        missing = [one for one in judged if self._key(one) not in known]
        if missing and (verdict := judge(self.lab, self.exercise, seed=SEED)).status != "passed":
            raise CapsizeError(f"the solution of {self.exercise.id} does not pass", got=verdict.text)
        with ThreadPoolExecutor(1 if self.exercise.alone else AT_ONCE) as several:
            known |= dict(several.map(self._judge, missing))
        statuses = {one: known[self._key(one)] for one in judged}
        return Tally(self.exercise, statuses, len(self.mutants) - len(judged))

    def _judge(self, mutant: Mutant) -> tuple[str, str]:
        """Judge a mutant and keep the verdict, whatever becomes of the others."""
        with tempfile.TemporaryDirectory() as folder:
            code = Path(folder) / self.lab.slug
            shutil.copytree(self.lab.rooms.solutions, code, ignore=shutil.ignore_patterns("__pycache__"))
            (code / mutant.file).write_text(mutant.text, encoding="utf-8")
            lab, _ = self.course.find(self.exercise.id, code)
            status = judge(lab, self.exercise, seed=SEED).status
        key = self._key(mutant)
        if status != "unjudged":  # by this mutant, or by this machine
            _keep(self.kept, key, status)
        return key, status

    def _key(self, mutant: Mutant) -> str:
        """Return a digest of all that a verdict rests on: the exercise, its check, its stack, the mutant's folder."""
        rooms = self.lab.rooms
        taken = hashlib.sha256(repr((self.exercise.id, self.exercise.accept, SEED, mutant.text)).encode())
        folders = [rooms.solutions, rooms.compose.parent, *(rooms.root / "src" / name for name in MADE_OF)]
        parts = sorted(rooms.checks.parent.glob(f"lab{rooms.slug.partition('_')[0]}_*.py"))  # what the check imports
        files = [rooms.checks, *parts, *(file for folder in folders for file in sorted(folder.rglob("*")))]
        for file in (file for file in files if file.is_file() and "__pycache__" not in file.parts):
            taken.update(f"\0{file.relative_to(rooms.root)}\0".encode() + file.read_bytes())
        return taken.hexdigest()


def exercise_mutants(lab: Lab, exercise: Exercise) -> Iterator[Mutant]:
    """Yield the mutants of an exercise's files. Of a file that is not Python only the lines that the solution adds."""
    for name in exercise.files:
        source = (lab.rooms.solutions / name).read_text(encoding="utf-8")
        added = _added((lab.rooms.starter / name).read_text(encoding="utf-8"), source)
        yield from (one for one in mutants(name, source) if one.file.endswith(".py") or one.number in added)


def _added(given: str, source: str) -> set[int]:
    matcher = difflib.SequenceMatcher(None, given.splitlines(), source.splitlines(), autojunk=False)
    return {n + 1 for tag, _, _, start, end in matcher.get_opcodes() if tag != "equal" for n in range(start, end)}


def _of(exercise: Exercise, file: Path, found: tuple[Mutant, ...]) -> tuple[Equivalent, ...]:
    own = tuple(one for one in read_equivalents(file) if one.exercise == exercise.id)
    for one in gone(own, found):
        raise CapsizeError(f"no mutant is like this any more: {one}", place=file, next="take it out of the list")
    return own


def _read(kept: Path) -> dict[str, str]:
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return {one["key"]: one["status"] for one in map(json.loads, lines)}


def _keep(kept: Path, key: str, status: str) -> None:
    """Append a verdict as one line in one write, so that several may keep theirs at once."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, json.dumps({"key": key, "status": status}).encode() + b"\n")
    finally:
        os.close(file)
