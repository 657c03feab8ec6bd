"""Save, and the verdict comes by itself."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading

import psutil
import pytest

from capsize.check.watch import Watch

SOON = 60.0  # seconds at most until a verdict, on a machine that is busy
SLOW = """\
import time

from capsize.check import exercise


@exercise("1.2")
def test_the_boat_has_a_name(judge):
    name = (judge.code / "name.py").read_text()
    while "slow" in name:
        time.sleep(1)
    judge.claim("nobody" not in name, "a name", bad="nobody")
"""


@pytest.fixture
def watch(small):
    """Begin to watch exercises; give what is shown and what is begun, and the watch."""
    begun, shown = queue.Queue(), queue.Queue()
    watches = []

    def begin(which):
        lab, exercises = small.course.find(which, "work")
        watches.append(Watch(lab, exercises, shown.put, begins=begun.put))
        thread = threading.Thread(target=watches[-1].run)
        threads.append(thread)
        thread.start()
        return begun, shown

    threads = []
    yield begin
    for one in watches:
        one.stop()
    for thread in threads:
        thread.join(SOON)
        assert not thread.is_alive()


def test_one_exercise_is_checked_at_once_and_whenever_it_is_saved(small, watch):
    """The first verdict is of what is there; the next one of what was saved, and a pass counts."""
    _, shown = watch("1.2")
    assert shown.get(timeout=SOON).status == "refused"
    small.write("work/01_boat/name.py", 'NAME = "Otter"\n')
    assert shown.get(timeout=SOON).status == "passed"
    assert small.course.lab("01").progress.passed("1.2")


def test_of_a_lab_the_exercise_is_checked_whose_file_is_saved(small, watch):
    """Nothing is checked before a save; then only what it concerns, and all where the file is nobody's."""
    small.course.lab("01").code()
    begun, shown = watch("01")
    small.write("work/01_boat/name.py", 'NAME = "Otter"\n')
    assert (shown.get(timeout=SOON).exercise, begun.get(timeout=SOON).id) == ("1.2", "1.2")
    small.write("work/01_boat/helper.py", "")
    assert [shown.get(timeout=SOON).exercise for _ in range(2)] == ["1.1", "1.2"]


def test_the_newest_save_wins(small, watch):
    """A save ends the check of the file before it, whose verdict nobody needs, and nothing of it is left."""
    before = psutil.Process().children(recursive=True)  # of tests that ran here earlier
    small.write("tests/labs/test_01_boat.py", SLOW)
    small.course.lab("01").code()
    small.write("work/01_boat/name.py", 'NAME = "slow"\n')
    begun, shown = watch("1.2")
    begun.get(timeout=SOON)
    small.write("work/01_boat/name.py", 'NAME = "Otter"\n')
    assert (shown.get(timeout=SOON).status, shown.empty()) == ("passed", True)
    assert not {*psutil.Process().children(recursive=True)} - {*before}


def test_ctrl_c_ends_it(small):
    """In a terminal it prints each verdict, and Ctrl-C ends it with exit code 0."""
    command = [sys.executable, "-m", "capsize.cli", "watch", "1.2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as it:
        assert it.stdout.readline().startswith("checks 1.2 whenever you save in work/01_boat")
        assert it.stdout.readline().startswith("1.2 not yet: Name the boat")
        it.send_signal(signal.SIGINT)
        assert it.wait(SOON) == 0
