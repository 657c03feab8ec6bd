"""The folders of a stack's volumes: those that services share, and which of those meant for memory lie on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from capsize.runtime.host.processes.run_dir import MEMORY
from capsize.stack.model import Stack, Volume


def shared(stack: Stack, folder: Path) -> dict[str, Path]:
    """Say where in a stack's folder each volume lies that services share, by its name."""
    return {volume.source: folder / f"volume-{volume.source}" for volume in _of(stack) if volume.kind == "shared"}


def make(stack: Stack, folder: Path) -> None:
    """Make the folders that services share, for this user's eyes alone."""
    for path in set(shared(stack, folder).values()):
        path.mkdir(mode=0o700, exist_ok=True)


def on_the_disk(stack: Stack, folder: Path) -> list[str]:
    """Name the volumes that are meant for memory, where a stack's folder is not in it."""
    meant = {volume.source.removeprefix("volume-") for volume in _of(stack) if volume.in_memory}
    return [] if MEMORY in folder.parents else sorted(meant)


def _of(stack: Stack) -> Iterator[Volume]:
    return (volume for service in stack.services.values() for volume in service.volumes)
