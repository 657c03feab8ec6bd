"""A run folder on a disk that is full: said in words, at whichever step it happens, and nothing is left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_stacks import leftovers

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.stack.model import Stack

KILOBYTES = [4, 8, 16]  # full at the first of its files, or a few files later


@pytest.fixture(params=KILOBYTES)
def small_disk(request: pytest.FixtureRequest, run_dir: Path) -> Iterator[Path]:
    """A file system of few kilobytes, on which run folders are made."""
    if os.geteuid() != 0 or not Path("/proc/filesystems").exists():
        pytest.skip("only root on Linux can mount a small file system")
    options = f"size={request.param}k,mode=711"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(run_dir)], check=True)
    yield run_dir
    subprocess.run(["umount", str(run_dir)], check=True)


def test_a_full_disk_is_said(two: Stack, small_disk: Path):
    """The start ends with an error that names the disk, not with a traceback."""
    with pytest.raises(CapsizeError, match=r"No space left on device|did not start|ended before it was ready"):
        running.start(two, patience=5)
    assert leftovers(small_disk) == []
