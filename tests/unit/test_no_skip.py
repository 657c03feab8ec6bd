"""CAPSIZE_NO_SKIP=1 turns every skip into a failure that gives the reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SKIPS = """
import pytest


@pytest.fixture
def chromium():
    pytest.skip("no Chromium")


def test_in_a_fixture(chromium): ...


@pytest.mark.skip(reason="no Docker")
def test_by_a_mark(): ...


@pytest.mark.xfail(reason="known", strict=True)
def test_known():
    raise ValueError
"""
MODULE = "import pytest\n\npytest.skip('no network', allow_module_level=True)\n"


def run(folder: Path, no_skip: str) -> str:
    (folder / "test_skips.py").write_text(SKIPS)
    (folder / "test_module.py").write_text(MODULE)
    words = ["-c", os.devnull, f"--rootdir={folder}", "-p", "no_skip", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "--continue-on-collection-errors", str(folder)],
        env={**os.environ, "CAPSIZE_NO_SKIP": no_skip, "PYTHONPATH": str(TESTS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout.splitlines()[-1].strip("= ").split(" in ")[0]


@pytest.mark.parametrize(("no_skip", "expected"), [("0", "3 skipped, 1 xfailed"), ("1", "1 xfailed, 3 errors")])
def test_nothing_is_skipped_where_nothing_may_be(tmp_path, no_skip, expected):
    """A fixture, a mark and a module that skip are failures; what is known to fail is not concerned."""
    assert run(tmp_path, no_skip) == expected
