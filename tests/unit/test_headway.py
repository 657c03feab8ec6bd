"""Headway: who had time to get on between two looks."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from capsize.runtime.control.cpu_progress import CpuProgress

Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Python code that says when it is there."""
    started: list[subprocess.Popen[str]] = []

    def start_it(code: str) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", f"import time; print('here', flush=True); {code}"]
        started.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout
        assert started[-1].stdout.readline() == "here\n"
        return started[-1]

    yield start_it
    for process in started:
        process.kill()
        process.communicate()


def gets_on(process: subprocess.Popen[str], within: float) -> bool:
    headway, deadline = CpuProgress([process.pid]), time.monotonic() + within
    while not headway.is_enough and time.monotonic() < deadline:
        time.sleep(0.02)
    return headway.is_enough


def test_who_computes_gets_on(start: Start):
    """A loop that has had its share of a core is where it is because it turns there."""
    assert gets_on(start("exec('while True: pass')"), within=60)


def test_who_waits_had_its_time(start: Start):
    """A process that waits for something else than a core needs none to get on."""
    assert gets_on(start("time.sleep(600)"), within=60)


def test_who_gets_no_core_does_not_get_on(start: Start):
    """A process that is given no time at all may be anywhere: where it stands says nothing."""
    process = start("exec('while True: pass')")
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.1)
    assert not gets_on(process, within=0.5)


def test_who_is_gone_is_not_waited_for(start: Start):
    """A process that has ended has nothing more to get on with."""
    process = start("pass")
    process.wait()
    assert gets_on(process, within=1)
