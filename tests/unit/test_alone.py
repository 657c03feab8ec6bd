"""While a test that is alone runs, no other does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
MODULE = """
import time
from pathlib import Path

import pytest

SEEN = Path(__file__).parent


@pytest.mark.parametrize("number", range(6))
def test_beside_others(number):
    (SEEN / f"runs-{number}").touch()
    time.sleep(0.2)
    (SEEN / f"runs-{number}").unlink()


@pytest.mark.parametrize("number", range(2))
MARK
def test_that_looks(number):
    seen = set()
    for _ in range(20):
        time.sleep(0.02)
        seen |= set(SEEN.glob("runs-*"))
    (SEEN / f"looked-{number}").write_text(str(len(seen)))
    (SEEN / "runs-looking").touch()
    time.sleep(0.1)
    (SEEN / "runs-looking").unlink(missing_ok=True)
"""


def seen_beside(folder: Path, mark: str) -> list[int]:
    """Run the module in two processes; say how many other tests each test that looks has seen."""
    (folder / "test_looks.py").write_text(MODULE.replace("MARK", mark))
    words = ["-c", os.devnull, f"--rootdir={folder}", "-p", "alone", "-p", "no:cacheprovider", "-n", "2", "-q"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )
    assert done.returncode == 0, done.stdout
    return [int(file.read_text()) for file in sorted(folder.glob("looked-*"))]


def test_nothing_runs_beside_a_test_that_is_alone(tmp_path):
    """Other workers wait until a test that is alone has ended, and tests that are alone come last."""
    assert seen_beside(tmp_path, '@pytest.mark.alone("it looks around")') == [0, 0]


def test_other_tests_run_beside_each_other(tmp_path):
    """Without the mark they do not wait for each other."""
    assert sum(seen_beside(tmp_path, "")) > 0
