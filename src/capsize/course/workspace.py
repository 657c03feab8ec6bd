"""The learner's copy of a lab: work/<slug>, made from starter/ on first use, and never written over without a copy."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from capsize import files
from capsize.course.exercises import Exercise
from capsize.course.lab_paths import Rooms
from capsize.course.writing import writing
from capsize.errors import CapsizeError

OURS = ("exercises.toml",)  # what starter/ holds for the kit, not for the learner
NOISE = ("__pycache__", ".ipynb_checkpoints", ".DS_Store", ".mypy_cache", ".ruff_cache")


@dataclass(frozen=True)
class Workspace:
    """One lab's copy. ``work/.begun/<slug>.json`` remembers what starter/ was when the copy was made."""

    rooms: Rooms
    exercises: tuple[Exercise, ...] = ()

    @property
    def folder(self) -> Path:
        return self.rooms.work

    def begin(self) -> Path:
        """Make the copy unless it is there, and return its folder. A file that is new in starter/ is added."""
        starter = self._starter()
        with writing(self.rooms.root):
            if not self.folder.is_dir():
                self._copy(starter)
            else:
                self._add(name for name in starter if name not in self._begun() and not (self.folder / name).exists())
        return self.folder

    def stale(self) -> tuple[str, ...]:
        """List the files of starter/ that have changed since the copy was made."""
        begun = self._begun() if self.folder.exists() else {}
        if not begun:
            return ()
        return tuple(name for name, path in self._starter().items() if begun.get(name, "") != digest(path))

    def notice(self) -> str | None:
        """Say that starter/ has changed since the learner began, if it has."""
        changed = self.stale()
        if not changed:
            return None
        files = ", ".join(f"starter/{self.rooms.slug}/{name}" for name in changed)
        return (
            f"{files} changed since you began; your files are as you left them\n"
            f"  to see: capsize diff {self.rooms.slug}\n"
            f"  to begin again (your version is kept): capsize reset {self.rooms.slug}"
        )

    def reset(self, exercise: Exercise | None = None) -> str:
        """Begin again from starter/, for one exercise's file or for all. Says where the learner's version is kept."""
        if not self.folder.exists():
            self.begin()
            return f"{self._short(self.folder)} is new: nothing to keep"
        with writing(self.rooms.root):
            return self._reset_file(exercise) if exercise else self._reset_all(self._new_kept())

    def diff(self, exercise: Exercise | None = None) -> str:
        """Show what the learner changed, as a unified diff against starter/; empty where nothing."""
        self.begin()
        return self._compare(self.rooms.starter, self.folder, exercise)

    def solution(self, exercise: Exercise) -> str:
        """Show what the solution changes, as a unified diff against starter/."""
        return self._compare(self.rooms.starter, self.rooms.solutions, exercise)

    def apply(self, exercise: Exercise) -> str:
        """Put the solution's files in place of the learner's. Says where the learner's version is kept."""
        self.begin()
        with writing(self.rooms.root):
            return self._replace(exercise, self.rooms.solutions, "as the solution has it")

    def is_applied(self, exercise: Exercise) -> bool:
        """Say whether the learner's files are the solution's, byte for byte."""
        return self._is_as_in(self.rooms.solutions, exercise)

    def is_as_given(self, exercise: Exercise) -> bool:
        """Say whether the learner's files are the starter's, byte for byte."""
        return self._is_as_in(self.rooms.starter, exercise)

    def _is_as_in(self, room: Path, exercise: Exercise) -> bool:
        return all(digest(self.folder / name) == digest(room / name) for name in exercise.files)

    def _reset_all(self, kept: Path) -> str:
        kept.parent.mkdir(parents=True, exist_ok=True)
        self.folder.rename(kept)
        self._copy(self._starter())
        return f"{self._short(self.folder)} is as starter/ has it; your version is kept in {self._short(kept)}"

    def _reset_file(self, exercise: Exercise) -> str:
        said = self._replace(exercise, self.rooms.starter, "as starter/ has it")
        given = {name: digest(self.rooms.starter / name) for name in exercise.files}
        self._remember({**self._begun(), **given})
        return said

    def _replace(self, exercise: Exercise, room: Path, words: str) -> str:
        kept = self._new_kept()
        said = [self._replace_file(name, room / name, kept / name, words) for name in exercise.files]
        names = set(exercise.files)
        also = [other.id for other in self.exercises if names & set(other.files) and other.id != exercise.id]
        held = f" ({'the file also holds' if len(names) == 1 else 'the files also hold'} {', '.join(also)})"
        return "\n".join(said) + (held if also and any("already" not in line for line in said) else "")

    def _replace_file(self, name: str, source: Path, kept: Path, words: str) -> str:
        mine = self.folder / name
        if mine.exists() and digest(mine) == digest(source):
            return f"{self._short(mine)} is {words} already"
        said = f"{self._short(mine)} is {words}"
        if mine.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(mine, kept)
            said += f"; your version is kept in {self._short(kept)}"
        mine.parent.mkdir(parents=True, exist_ok=True)
        files.replace(mine, source.read_bytes())
        return said

    def _copy(self, starter: Mapping[str, Path]) -> None:
        """Copy to a folder beside and rename it, so that a half-made copy is never taken for the learner's."""
        half = self.folder.with_name(f".{self.folder.name}.{os.getpid()}")
        shutil.rmtree(half, ignore_errors=True)
        for name, path in starter.items():
            (half / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, half / name)
        self._remember({name: digest(path) for name, path in starter.items()})
        try:
            half.rename(self.folder)
        except OSError:  # somebody else was first; theirs is as good
            if not self.folder.is_dir():
                raise
            shutil.rmtree(half)

    def _add(self, names: Iterator[str] | list[str]) -> None:
        """Put the named files of starter/ into the copy."""
        begun = dict(self._begun())
        for name in names:
            target, source = self.folder / name, self.rooms.starter / name
            target.parent.mkdir(parents=True, exist_ok=True)
            files.replace(target, source.read_bytes())
            begun[name] = digest(source)
        if begun != self._begun():
            self._remember(begun)

    def _starter(self) -> dict[str, Path]:
        if not self.rooms.starter.is_dir():
            raise CapsizeError(f"{self.rooms.slug} has nothing to begin from", expected=str(self.rooms.starter))
        return {name: path for name, path in _files(self.rooms.starter).items() if name not in OURS}

    def _begun(self) -> Mapping[str, str]:
        try:
            return dict(json.loads(self._memory.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return {}

    def _remember(self, digests: Mapping[str, str]) -> None:
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        files.replace(self._memory, json.dumps(digests, indent=1, sort_keys=True))

    @property
    def _memory(self) -> Path:
        return self.folder.parent / ".begun" / f"{self.folder.name}.json"

    def _new_kept(self) -> Path:
        stamp = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
        first = self.folder.parent / ".kept" / f"{self.folder.name}-{stamp}"
        others = (first.with_name(f"{first.name}-{number}") for number in range(2, 1000))
        return first if not first.exists() else next(other for other in others if not other.exists())

    def _compare(self, before: Path, after: Path, exercise: Exercise | None) -> str:
        names = sorted({*_files(before), *_files(after)} - set(OURS))
        chosen = exercise.files if exercise else names
        return "".join(self._file_diff(before / name, after / name) for name in chosen)

    def _file_diff(self, before: Path, after: Path) -> str:
        old, new = _lines(before), _lines(after)
        if old is None or new is None:
            return "" if digest(before) == digest(after) else f"{self._short(after)} differs, and is not text\n"
        lines = difflib.unified_diff(old, new, self._short(before), self._short(after))
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def _short(self, path: Path) -> str:
        return self.rooms.short(path)


def _files(folder: Path) -> dict[str, Path]:
    """List the files below a folder by their path in it, without caches."""
    found = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name.as_posix(): path for name, path in found.items() if not set(name.parts) & set(NOISE)}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; empty where there is none."""
    return digest_of(path.read_bytes()) if path.is_file() else ""


def digest_of(content: bytes) -> str:
    """Return the SHA-256 that a file of this content has."""
    return hashlib.sha256(content).hexdigest()


def _lines(path: Path) -> list[str] | None:
    """Read a text's lines; none where there is no file, None where it is not text."""
    if not path.is_file():
        return []
    try:
        return path.read_text(encoding="utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return None
