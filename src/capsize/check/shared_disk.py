"""Files by which copies shared what two containers could not: each container has a disk of its own."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from capsize.check.judge import Refusal
from capsize.runtime.host.processes.container_disk import is_shared
from capsize.runtime.host.processes.host import NOTES

if TYPE_CHECKING:
    from capsize.session.running import RunningStack


@dataclass(frozen=True)
class Opened:
    """A file outside of all mounts that an instance opened, and the line that did so, where that is known."""

    path: str
    instance: str
    writes: bool
    place: str = ""


def shared_file(stack: RunningStack, code: Path) -> Refusal | None:
    """Return a refusal that names a file which two copies opened, and one or more of them to write; None without."""
    if stack.on != "processes":
        return None
    by_path = defaultdict[str, list[Opened]](list)
    for one in (*_noted(stack.folder), *_open_now(stack)):
        by_path[one.path].append(one)
    for path, opened in sorted(by_path.items()):
        who = sorted({one.instance for one in opened})
        if len(who) > 1 and any(one.writes for one in opened):
            return _refusal(path, who, next((one.place for one in opened if one.place), ""), code)
    return None


def _refusal(path: str, who: list[str], place: str, code: Path) -> Refusal:
    home = code.resolve()
    return Refusal(
        expected="copies share nothing by a file: two containers share no disk",
        got=f"{path} was opened by {', '.join(who[:-1])} and {who[-1]}",
        look=str(Path(place).relative_to(home)) if Path(place).is_relative_to(home) else None,
        advice="keep what copies share in a store that all of them reach, then check again",
    )


def _noted(folder: Path) -> Iterator[Opened]:
    """Read what the interpreters of the instances noted."""
    for notes in sorted(folder.glob(f"*{NOTES}")):
        for line in notes.read_text(encoding="utf-8", errors="replace").splitlines():
            mode, path, place = (*line.split("\t"), "", "")[:3]
            yield Opened(path, notes.name.removesuffix(NOTES), mode == "w", place)


def _open_now(stack: RunningStack) -> Iterator[Opened]:
    """See what lies in folders for temporary files and is open: by programs too that are not Python's."""
    for instance in stack.instances:
        for file in _files_of(instance.pid) if instance.pid else ():
            if is_shared(file) and not Path(file).is_relative_to(stack.folder):
                yield Opened(file, instance.name, writes=True)


def _files_of(pid: int) -> set[str]:
    found = set[str]()
    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            found |= {file.path for file in one.open_files()}
    return found
