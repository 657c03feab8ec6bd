"""Tests of one group run in one process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
MODULE = """
import os
from pathlib import Path

import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(12))
def test_together(number):
    (Path(__file__).parent / f"by-{os.getpid()}").touch()
"""


def test_a_group_stays_in_one_process(tmp_path):
    """Of two processes, one runs all tests of a group."""
    (tmp_path / "test_together.py").write_text(MODULE)
    words = ["-c", os.devnull, f"--rootdir={tmp_path}", "-p", "groups", "-p", "no:cacheprovider", "-q"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "-n", "2", "--dist", "loadgroup", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )
    assert done.returncode == 0, done.stdout
    assert len(list(tmp_path.glob("by-*"))) == 1
