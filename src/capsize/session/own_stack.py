"""Somebody's own stack: a Compose file or manifests in any folder, on the same wires as a lab's.

No course is needed. What a file is, its content says: ``services`` make it a Compose file, ``apiVersion`` a manifest.
"""

from __future__ import annotations

import functools
import os
import re
import secrets
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from capsize.errors import CapsizeError
from capsize.session import hosts
from capsize.session.offered import OfferedStack

if TYPE_CHECKING:
    from capsize.runtime.host.protocol import HostOpening
    from capsize.session.running import RunningStack
    from capsize.stack.model import Stack

Kind = Literal["compose", "kubernetes"]
COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")  # in Docker's order
MANIFESTS = ("kubernetes.yaml", "kubernetes.yml")
SUFFIXES = (".yaml", ".yml")
EXPECTED = f"a Compose file, a manifest, or a folder with {COMPOSE[0]}, {COMPOSE[2]} or {MANIFESTS[0]}"
KINDS: dict[Kind, re.Pattern[str]] = {
    "compose": re.compile(r"^[\"']?services[\"']?\s*:", re.MULTILINE),
    "kubernetes": re.compile(r"^[\"']?apiVersion[\"']?\s*:", re.MULTILINE),
}


def is_path(word: str) -> bool:
    """Say whether a word can only be a path: ``./shop``, ``shop/compose.yaml``, ``compose.yaml``, ``.``, ``~/shop``."""
    return word in (".", "..", "~") or os.sep in word or word.endswith(SUFFIXES)


@dataclass
class OwnStack:
    """A stack by its path. ``python`` is the interpreter of its services, the kit's own where none is named."""

    path: Path
    python: Path | None = None
    _up: OfferedStack = field(default_factory=OfferedStack, init=False, repr=False)
    _seed: str = field(default_factory=lambda: secrets.token_urlsafe(16), init=False, repr=False)

    @functools.cached_property
    def files(self) -> tuple[Path, ...]:
        """The Compose file, or the manifests. Raise CapsizeError where there is none, or where both are there."""
        return _files(Path(os.path.abspath(self.path.expanduser())))  # noqa: PTH100 - resolve() would rename what is a link

    @property
    def file(self) -> Path:
        """The first of the files, by which other terminals know the stack."""
        return self.files[0]

    @property
    def locustfile(self) -> Path:
        """The customers that are used by default: locustfile.py beside the stack's file."""
        return self.file.parent / "locustfile.py"

    def model(self) -> Stack:
        """Read what runs. Raise CapsizeError with every line that is not read."""
        from capsize.stack import compose, kubernetes
        from capsize.stack.env_file import variables_beside

        if _kind(self.file) == "compose":
            return compose.read(self.file, variables_beside(self.file), dockerfiles=True)
        return kubernetes.read(self.files, {"SEED": self._seed}, dockerfiles=True)

    def up(self, *, on: str = hosts.PROCESSES, wait: bool = True, starting: Future[None] | None = None) -> RunningStack:
        """Start the stack and wait until it is ready, as ``Lab.up`` does."""
        self.down()
        model = self.model()
        return self._up.start(model, wait=wait, starting=starting, host=self._host(on, model))

    def down(self) -> None:
        """Take the stack down; nothing of it is left. Does nothing where none is up."""
        self._up.down()

    def _host(self, on: str, model: Stack) -> HostOpening:
        opening = hosts.opening(on)
        if on == hosts.PROCESSES:
            from capsize.runtime.host.processes.host import process_host

            return functools.partial(process_host, python=interpreter(self.python)) if self.python else opening
        built = next((service for service in model.services.values() if service.build), None)
        if built:
            raise CapsizeError(
                f"{built.name} is built from a Dockerfile of its own, and --on docker runs the kit's image",
                place=built.place,
                next=f"leave out --on docker, or without the kit: docker compose -f {self.file} up",
            )
        return opening


def interpreter(named: Path) -> Path:
    """Return the Python that a path names: itself, or that of an environment. Raise CapsizeError where it is none."""
    found = named.expanduser().absolute()
    found = found / "bin" / "python" if found.is_dir() else found
    if found.is_file() and os.access(found, os.X_OK):
        return found
    raise CapsizeError(
        f"there is no Python at {named}", expected="an interpreter, or the folder of an environment: .venv"
    )


def _files(path: Path) -> tuple[Path, ...]:
    if path.is_dir():
        return _files_in(path)
    if not path.exists():
        raise CapsizeError(f"there is no file or folder {path}", expected=EXPECTED, next=f"ls {path.parent}")
    if _kind(path) is None:
        expected = "services: at the top of a Compose file, apiVersion: at that of a manifest"
        raise CapsizeError("this is neither a Compose file nor a manifest", place=path, expected=expected)
    return (path,)


def _files_in(folder: Path) -> tuple[Path, ...]:
    compose = [folder / name for name in COMPOSE if (folder / name).is_file()]
    named = [folder / name for name in MANIFESTS if (folder / name).is_file()]
    manifests = named or [file for file in sorted(folder.iterdir()) if _is_manifest(file)]
    if compose and manifests:
        words = "both a Compose file and manifests are in this folder"
        names = ", ".join(file.name for file in (compose[0], *manifests[:3]))
        raise CapsizeError(words, place=folder, expected="the path of one", got=names, next=f"capsize up {compose[0]}")
    if compose:
        _refuse_override(compose[0])
        return (compose[0],)
    if manifests:
        return tuple(manifests)
    raise CapsizeError(f"there is no stack in {folder}", expected=EXPECTED, next="name the file itself")


def _is_manifest(file: Path) -> bool:
    return file.suffix in SUFFIXES and not file.name.startswith(".") and file.is_file() and _kind(file) == "kubernetes"


def _refuse_override(file: Path) -> None:
    """Refuse a second file that Docker Compose would merge into the first without being told."""
    beside = [file.with_name(f"{file.stem}.override{suffix}") for suffix in SUFFIXES]
    if found := next((each for each in beside if each.is_file()), None):
        words = f"Docker Compose merges this file into {file.name}; the kit reads one file"
        raise CapsizeError(words, place=found, next=f"to run {file.name} alone, name it: capsize up {file}")


def _kind(file: Path) -> Kind | None:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise CapsizeError(f"{file} cannot be read", got=error.strerror) from error
    return next((kind for kind, pattern in KINDS.items() if pattern.search(text)), None)
