"""The script that fetches wheels for a USB stick: what it asks pip for, by a pip that only writes that down."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from the_course import ROOT

SYSTEMS = {"linux-x86_64": "manylinux_2_28_x86_64", "linux-aarch64": "manylinux_2_28_aarch64", "macos-arm64": "macosx_"}


@pytest.fixture
def fetch(tmp_path: Path):
    """Run the script; return its exit code, what it says, and what it asked pip for."""
    pip, asked = tmp_path / "pip", tmp_path / "asked"
    pip.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n')
    pip.chmod(0o755)

    def run(**environment: str):
        environment = {**os.environ, "PIP": str(pip), **environment}
        done = subprocess.run(
            [ROOT / "scripts" / "wheels.sh", tmp_path], env=environment, capture_output=True, text=True, timeout=60
        )
        downloads = [line for line in asked.read_text().splitlines() if line.startswith("download")]
        return done.returncode, done.stdout + done.stderr, downloads

    return run


def test_each_system_and_each_python_gets_what_is_locked(fetch):
    """For every system and Python that the course runs on, what is locked is asked for by hash."""
    code, _, downloads = fetch()
    locked = [line for line in downloads if "--require-hashes -r requirements.lock" in line]
    assert (code, len(locked), len(downloads)) == (0, 9, 18)
    for name in SYSTEMS.values():
        for python in ("3.11", "3.12", "3.13"):
            assert any(name in line and f"--python-version {python}.9" in line for line in locked)


def test_fewer_can_be_asked_for_and_an_unknown_one_is_refused(fetch):
    """Names are taken from the environment; one that is not known is refused with those that are."""
    assert len(fetch(SYSTEMS="macos-arm64", PYTHONS="3.13")[2]) == 2
    code, said, _ = fetch(SYSTEMS="windows")
    assert (code, "linux-x86_64 linux-aarch64 macos-arm64" in said) == (1, True)
