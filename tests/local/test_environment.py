"""scripts/environment.sh makes the environment once, and says what is missing in words."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def environment(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / "environment.sh", *words],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture
def old_python(tmp_path) -> str:
    """A Python of yesterday."""
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.6"\n')
    python.chmod(0o755)
    return str(python)


@pytest.fixture
def bare_python(tmp_path) -> str:
    """A Python as Debian ships it: new enough, and without what makes environments."""
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; *) echo "Python 3.12.1" ;; esac\n')
    python.chmod(0o755)
    return str(python)


@dataclass(frozen=True)
class Uv:
    """A uv that installs nothing, and what it was asked to do."""

    path: str
    log: Path

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def uv(tmp_path) -> Uv:
    """Put a uv in front of the PATH; its environments are one link to this Python."""
    folder, log = tmp_path / "tools", tmp_path / "calls"
    folder.mkdir()
    made = f'for venv; do :; done; mkdir -p "$venv/bin"; ln -s "{sys.executable}" "$venv/bin/python"'
    (folder / "uv").write_text(f'#!/bin/sh\necho "$@" >>"{log}"\n[ "$1" = pip ] || {{ {made}; }}\n')
    (folder / "uv").chmod(0o755)
    return Uv(os.pathsep.join((str(folder), os.environ["PATH"])), log)


def test_old_python_is_refused_with_what_to_type(tmp_path, old_python):
    """The message names what was found, what is needed, and the next command."""
    done = environment("lab", PYTHON=old_python, VENV=str(tmp_path / "venv"))
    assert done.returncode == 1
    assert "needs Python 3.11 or newer, and found: Python 3.9.6" in done.stderr
    assert "make lab PYTHON=" in done.stderr


def test_missing_python_is_refused(tmp_path):
    """A name that leads nowhere is told."""
    done = environment("lab", PYTHON="python-of-nobody", VENV=str(tmp_path / "venv"))
    assert (done.returncode, "no python-of-nobody here" in done.stderr) == (1, True)


def test_python_without_venv_is_refused(tmp_path, bare_python):
    """Debian's python3 without python3-venv is told which package to install."""
    done = environment("lab", PYTHON=bare_python, VENV=str(tmp_path / "venv"), PATH="/usr/bin:/bin")
    assert (done.returncode, "apt install python3-venv" in done.stderr) == (1, True)


def test_environment_is_made_once(tmp_path, uv):
    """The lock is installed by hash, then the kit; a second call finds all of it and does nothing."""
    venv = str(tmp_path / "venv")
    first, second = (environment("test", VENV=venv, PATH=uv.path) for _ in range(2))
    assert (first.returncode, second.returncode, second.stderr) == (0, 0, "")
    assert [words.split()[0] for words in uv.calls] == ["venv", "pip", "pip"]
    assert "--require-hashes -r requirements-dev.lock" in uv.calls[1]


def test_environment_of_the_tests_serves_the_labs(tmp_path, uv):
    """After `make test`, `make lab` has nothing to install; the other way round it has."""
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    said = [
        environment(kind, VENV=venv, PATH=uv.path).stderr
        for venv, kind in ((one, "test"), (one, "lab"), (other, "lab"), (other, "test"))
    ]
    assert [bool(words) for words in said] == [True, False, True, True]


def test_broken_environment_is_made_anew(tmp_path, uv):
    """An environment whose Python is gone, as after an upgrade of the system, is replaced."""
    venv = tmp_path / "venv"
    environment("lab", VENV=str(venv), PATH=uv.path)
    (venv / "bin" / "python").unlink()
    assert environment("lab", VENV=str(venv), PATH=uv.path).returncode == 0
    assert [words.split()[0] for words in uv.calls].count("venv") == 2


def test_unknown_kind_is_refused():
    """There are two environments, and no third."""
    assert environment("holiday").returncode == 2
