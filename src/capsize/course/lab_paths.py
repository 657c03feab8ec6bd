"""Where a lab lives: one slug, six rooms under one root.

Finds the root and the rooms; what is in them is for others to read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from capsize.errors import CapsizeError

SLUG = re.compile(r"\d\d_[a-z0-9]+(?:_[a-z0-9]+)*")
ROOMS: Mapping[str, str] = {
    "notebook": "labs/{}.ipynb",
    "starter": "starter/{}/exercises.toml",
    "solutions": "solutions/{}",
    "compose": "docker/{}/compose.yaml",
    "slides": "slides/{}.md",
    "checks": "tests/labs/test_{}.py",
}


@dataclass(frozen=True)
class Rooms:
    """The paths of one lab. They follow from the slug; not all need exist.

    ``own`` are those of its task on your own, whose stack and checks are not the lab's.
    """

    root: Path
    slug: str
    own: bool = False

    @property
    def notebook(self) -> Path:
        return self._room("notebook")

    @property
    def starter(self) -> Path:
        return self._room("starter").parent

    @property
    def exercises_file(self) -> Path:
        return self._room("starter")

    @property
    def solutions(self) -> Path:
        return self._room("solutions")

    @property
    def compose(self) -> Path:
        file = self._room("compose")
        return file.parent / "own" / file.name if self.own else file

    @property
    def kubernetes(self) -> Path:
        """The manifests beside the Compose file; where they are, the lab runs them."""
        return self.compose.with_name("kubernetes.yaml")

    @property
    def slides(self) -> Path:
        return self._room("slides")

    @property
    def checks(self) -> Path:
        file = self._room("checks")
        return file.with_name(f"own_{self.slug}.py") if self.own else file

    @property
    def load_file(self) -> Path:
        return self.root / "labs" / "load" / f"{self.slug}.py"

    @property
    def predictions_file(self) -> Path:
        """What the lab asks before its experiments."""
        return self.root / "labs" / "predictions" / f"{self.slug}.toml"

    @property
    def recall_file(self) -> Path:
        """What the lab asks at its end."""
        return self.root / "labs" / "remember" / f"{self.slug}.toml"

    @property
    def work(self) -> Path:
        return self.root / "work" / self.slug

    @property
    def missing(self) -> tuple[Path, ...]:
        """The rooms that this lab lacks."""
        rooms = [self._room(name) for name in ROOMS]
        return tuple(room for room in rooms if not room.exists())

    def short(self, path: Path) -> str:
        """Write a path the way a learner would say it: from the root where it is below it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def _room(self, name: str) -> Path:
        return self.root / ROOMS[name].format(self.slug)


def find_root(start: Path | None = None) -> Path:
    """Find the folder with labs/ and starter/: CAPSIZE_HOME, else upward from here, else where the kit came from."""
    named = os.environ.get("CAPSIZE_HOME")
    if named:
        return _must_be_root(Path(named).expanduser().resolve())
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[3]):
        if _is_root(folder):
            return folder
    raise CapsizeError(
        f"no course found from {here} upward",
        expected="a folder that holds labs/ and starter/",
        next="cd into the folder that you cloned, or: export CAPSIZE_HOME=/path/to/it",
    )


def find_slugs(root: Path) -> tuple[str, ...]:
    """List every slug that has at least one room, in order."""
    return tuple(sorted({slug for pattern in ROOMS.values() for slug in _slugs_of(root, pattern)}))


def _slugs_of(root: Path, pattern: str) -> Iterator[str]:
    before, after = pattern.split("{}")
    for path in root.glob(pattern.format("*")):
        slug = path.relative_to(root).as_posix().removeprefix(before).removesuffix(after)
        if SLUG.fullmatch(slug):
            yield slug


def _is_root(folder: Path) -> bool:
    return (folder / "labs").is_dir() and (folder / "starter").is_dir()


def _must_be_root(folder: Path) -> Path:
    if _is_root(folder):
        return folder
    raise CapsizeError(
        f"CAPSIZE_HOME is {folder}, which holds no course",
        expected="a folder that holds labs/ and starter/",
        next="unset CAPSIZE_HOME",
    )
