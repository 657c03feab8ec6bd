"""JupyterLab as `make lab` starts it, as a process that a test can stop."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import httpx
import nbformat

from capsize.notebooks.canonical import METADATA

ROOT = Path(__file__).parents[2]
ROOMS = ("labs", "starter", "solutions", "docker", "tests/labs")
TOKEN = "a-token-for-tests"


@dataclass(frozen=True)
class JupyterLab:
    """A running server. ``url`` is the address that it printed: the start page."""

    url: str
    process: subprocess.Popen[str]

    @property
    def home(self) -> str:
        return self.url.split("/course")[0]

    def page(self, path: str) -> str:
        """Give the address of a file below the root."""
        return f"{self.home}/lab/tree/{path}?token={TOKEN}"

    def start_kernel(self) -> None:
        headers = {"Authorization": f"token {TOKEN}"}
        httpx.post(f"{self.home}/api/kernels", headers=headers).raise_for_status()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal where it still runs, and give the exit code."""
        with self.process:
            self.process.send_signal(number)
            return self.process.wait(timeout=20)


def copy_course(folder: Path) -> Path:
    """Copy the rooms of every lab, so that what a test edits, runs and saves is not yours."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return folder


def add_notebook(file: Path, sources: Iterable[str]) -> None:
    """Write a notebook with one code cell for each source, into a folder that is new."""
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in sources], metadata=METADATA)
    file.parent.mkdir()
    nbformat.write(page, file)


def start_jupyterlab(course: Path) -> JupyterLab:
    """Start the launcher on a course, with its own folders there too, and wait until it prints its address."""
    words = ["--no-browser"]
    process = subprocess.Popen(
        [sys.executable, "-m", "capsize.jupyter", *words],
        env={**os.environ, "CAPSIZE_HOME": str(course), "JUPYTER_TOKEN": TOKEN},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "http://" in line:
            return JupyterLab(line.strip(), process)
    raise RuntimeError(f"JupyterLab ended with {process.wait()}:\n{''.join(said)}")
