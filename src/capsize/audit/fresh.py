"""A build as a stranger makes it: a copy of the folder, and an environment with what it declares and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from capsize.audit import dependency_list, installer, programs, releases
from capsize.audit.bench import Bench
from capsize.audit.dependency_list import DependencyList
from capsize.audit.hindrance import Hindrance
from capsize.audit.programs import Programs


@dataclass(frozen=True)
class FreshBuild:
    """``source`` is what deploys of it are copied from."""

    listed: DependencyList
    source: Path
    programs: Programs


async def build(bench: Bench) -> FreshBuild:
    """Make it. Raise Hindrance where the list cannot be read, or what it declares cannot be had here."""
    given = bench.given
    listed = dependency_list.read(given.folder, given.start)
    home = bench.home.folder / f"fresh-{next(bench.numbers)}"
    source = releases.lay(given.folder, home / "source", built=False)
    python = programs.python_of(programs.named(given.python, given.folder))
    folder = await installer.install(bench.home, listed, source, home / "environment", python)
    return FreshBuild(listed, source, Programs(folder, is_fresh=True))


class FreshBuilds:
    """The one build of an audit, or why there is none; made when it is first asked for."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._made: FreshBuild | Hindrance | None = None

    async def get(self) -> FreshBuild:
        """Return it. Raise Hindrance, each time alike, where there is none."""
        if self._made is None:
            try:
                self._made = await build(self.bench)
            except Hindrance as hindrance:
                self._made = hindrance
        if isinstance(self._made, Hindrance):
            raise Hindrance(self._made.because, self._made.evidence)
        return self._made
