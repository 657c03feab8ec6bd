"""What ``COPY`` puts where in an image, as folders and files of the host that are seen there."""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from capsize.stack.dockerfile_lines import HEREDOC, Instruction
from capsize.stack.model import Location, Volume
from capsize.stack.refusal import StackFileError

UNREAD = ("parents", "exclude")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*://|git@")
ARCHIVE = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
# what a build reads and a service does not
FOR_THE_BUILD = re.compile(
    r"(requirements.*|constraints.*)\.txt|pyproject\.toml|setup\.(py|cfg)|.*\.lock|Pipfile|package.*\.json|README.*"
    r"|LICEN[CS]E.*|\.python-version|Makefile|.*\.whl",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Copy:
    """A file or folder of the host, where it is in the image, and the line that says so."""

    place: Location
    source: Path
    target: str


def copied(line: Instruction, words: Sequence[str], context: Path, workdir: str) -> Iterator[Copy]:
    """Yield what one COPY or ADD brings into the image. Raise StackFileError where the host does not have it."""
    if len(words) < 2 or HEREDOC.search(line.text):
        raise line.refuse("this copy is not understood", expected=f"{line.word} source… destination")
    for option in UNREAD:
        if option in line.options:
            raise line.refuse(f"--{option} is not read", expected=f"{line.word} source… destination")
    *sources, destination = words
    target = posixpath.normpath(posixpath.join(workdir, destination))
    is_folder = destination.endswith(("/", ".")) or len(sources) > 1 or target == workdir
    for path in _found(line, sources, context):
        inside = posixpath.join(target, path.name) if path.is_file() and is_folder else target
        if inside.count("/") == 1 and (path.is_file() or inside == "/"):
            expected = "a WORKDIR above it, or a folder: COPY . /app"
            raise line.refuse("these files go into the root of the image", expected=expected)
        yield Copy(line.place, path, inside)


def _found(line: Instruction, sources: Sequence[str], context: Path) -> Iterator[Path]:
    for source in sources:
        if line.word == "ADD" and (ELSEWHERE.match(source) or source.endswith(ARCHIVE)):
            raise line.refuse(
                "this is fetched or unpacked, which is not done here", expected="COPY of a file", got=source
            )
        pattern = posixpath.normpath(source.lstrip("/") or ".")
        paths = [context] if pattern == "." else sorted(context.glob(pattern))
        if not paths or pattern.startswith(".."):
            raise line.refuse(f"there is no {source} in {context}", expected="a file or a folder below it", got=source)
        yield from paths


def seen(copies: Sequence[Copy], workdir: str, mounted: Sequence[Volume]) -> tuple[Volume, ...]:
    """Return the copies as folders that a service sees, with the one that is seen as ``workdir``.

    What the Compose file mounts hides what is copied there. Raise StackFileError where no one folder of this machine
    can do for ``workdir``, because its content comes from several.
    """
    last = {copy.target: copy for copy in copies if not any(_is_below(copy.target, one.target) for one in mounted)}
    below = [copy for copy in last.values() if _is_below(copy.target, workdir) and workdir != "/"]
    homes = {copy: home for copy in below if (home := _home(copy, workdir))}
    whole = next((copy.source for copy in below if copy.target == workdir), next(iter(homes.values()), None))
    if whole:
        _refuse_what_lies_elsewhere(below, whole, workdir)
        _refuse_inner_volumes(below, whole, workdir, mounted)
    folders = {**{copy.target: copy.source for copy in last.values()}, **({workdir: whole} if whole else {})}
    layer = functools.partial(Volume, "bind", read_only=True, is_layer=True)
    return tuple(layer(str(source), target) for target, source in folders.items())


def _is_below(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)


def _home(copy: Copy, workdir: str) -> Path | None:
    """Find the host's folder in which a copy lies as it lies in ``workdir``."""
    parts = PurePosixPath(copy.target).relative_to(workdir).parts
    return copy.source.parents[len(parts) - 1] if parts and copy.source.parts[-len(parts) :] == parts else None


def _refuse_what_lies_elsewhere(below: Sequence[Copy], whole: Path, workdir: str) -> None:
    for copy in below:
        here = whole / PurePosixPath(copy.target).relative_to(workdir)
        if here != copy.source and not (copy.source.is_file() and FOR_THE_BUILD.fullmatch(copy.source.name)):
            raise StackFileError(
                f"{copy.target} is not where it is on this machine: {workdir} is {whole} here",
                place=copy.place,
                key="COPY",
                expected=f"{here}, or one COPY of a folder that holds everything",
                got=str(copy.source),
            )


def _refuse_inner_volumes(below: Sequence[Copy], whole: Path, workdir: str, mounted: Sequence[Volume]) -> None:
    for volume in mounted:
        inner = PurePosixPath(volume.target)
        if _is_below(volume.target, workdir) and str(whole / inner.relative_to(workdir)) != volume.source:
            raise StackFileError(
                f"the volume at {inner} is inside {workdir}, which is {whole} here: relative paths would miss it",
                place=below[0].place,
                key="COPY",
                expected=f"a target outside {workdir}, and its path in the environment",
            )
