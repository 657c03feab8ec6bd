"""The terminal's verbs as processes: exit codes, signals, and a stack that another terminal sees."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

CAPSIZE = [sys.executable, "-m", "capsize.cli"]


LOCUSTFILE = """\
from locust import FastHttpUser, task


class Docker(FastHttpUser):
    @task
    def load(self):
        self.client.get("/draught?cargo=4")
"""


def capsize(*words, code=0):
    done = subprocess.run([*CAPSIZE, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def up(small):
    """The lab's stack, kept up by a process of its own: the process, and what it said when it was ready."""
    process = subprocess.Popen([*CAPSIZE, "up", "01", "--code", "solutions", "--json"], stdout=subprocess.PIPE)
    yield process, json.loads(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()


def test_up_says_in_one_line_where_everything_is(up):
    """When all is ready, a script knows the urls, the instances and the seconds."""
    _, words = up
    with urllib.request.urlopen(words["urls"]["boat"] + "/draught?cargo=4") as answer:
        assert json.load(answer) == 5
    assert (words["instances"][0]["name"], words["seconds"] > 0) == ("boat-1", True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_ends_well_and_leaves_nothing(up, number):
    """SIGTERM and Ctrl-C take the stack down; no process and no registry entry is left."""
    process, words = up
    process.send_signal(number)
    assert process.wait(20) == 0
    assert [one for one in words["instances"] if psutil.pid_exists(one["pid"])] == []
    assert list(Path(os.environ["CAPSIZE_REGISTRY"]).iterdir()) == []


def test_up_interrupted_before_it_is_ready_leaves_nothing(small):
    """Ctrl-C while the stack starts exits 130, quietly."""
    small.boat("    return 1\n\n\nimport time\ntime.sleep(60)")
    words = [*CAPSIZE, "up", "01", "--code", "starter"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _until(lambda: len(psutil.Process(process.pid).children(recursive=True)) > 2)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=20)
    assert (process.returncode, told) == (130, ("", ""))
    assert [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def test_another_terminal_sees_the_stack_and_sinks_it(up):
    """ps, logs and kill reach a stack that another process runs."""
    assert "boat-1" in capsize("ps").stdout
    capsize("kill", "boat-1")
    (now,) = json.loads(capsize("ps", "--json").stdout)
    assert ("killed", "boat-1") in [(event["what"], event["who"]) for event in now["timeline"]]
    assert "boat-1" in json.dumps(now["services"])


def test_another_terminal_breaks_and_heals_a_wire(up):
    """A wire that is told to fail fails, and heal undoes it."""
    url = up[1]["urls"]["boat"] + "/draught?cargo=4"
    capsize("fail", "outside", "boat", "--status", "503")
    _until(lambda: _status(url) == 503)
    capsize("heal")
    _until(lambda: _status(url) == 200)


def test_another_terminal_has_callers_stick_and_take_turns(up):
    """A wire is sticky until it is told to take turns, or until everything is healed."""

    def is_sticky():
        return [edge["sticky"] for edge in json.loads(capsize("ps", "--json").stdout)[0]["edges"]] == [True]

    capsize("sticky", "outside", "boat")
    assert is_sticky()
    capsize("sticky", "outside", "boat", "--off")
    assert not is_sticky()
    capsize("sticky", "outside>boat")
    assert "in_turns outside>boat: done" in capsize("heal").stdout
    assert not is_sticky()


def test_another_terminal_cannot_roll_what_is_no_deployment(up):
    """Compose has no roll-outs, and the terminal hears it."""
    assert "boat" in capsize("roll", "boat", code=2).stderr


def test_another_terminal_scales(up):
    """Scaling from another terminal returns when the instances are there."""
    capsize("scale", "boat", "2")
    assert '"boat-2"' in capsize("ps", "--json").stdout


def test_an_error_is_told_in_its_own_lines(small):
    """What cannot be done exits 2 and says why, without a traceback."""
    told = capsize("up", "07", code=2)
    assert told.stderr.splitlines() == ["there is no lab 07", "  expected: 01_boat", "  next: capsize labs"]


def test_a_broken_file_is_told_with_its_line(small):
    """A stack that does not start names the learner's file and line."""
    small.boat("    return (1")
    assert f"{small.root}/starter/01_boat/boat.py:9" in capsize("up", "01", "--code", "starter", code=2).stderr


def test_check_of_the_starter_exits_1(small):
    """A refused exercise exits 1, with the verdict on stdout."""
    assert "a draught of 5" in capsize("check", "1.1", "--code", "starter", code=1).stdout


def test_a_course_that_cannot_be_written_is_no_refusal(small):
    """Where the learner's copies cannot be made, a check exits 2 and says why, without a traceback."""
    (small.root / "work").write_text("a file where a folder has to be")
    told = capsize("check", "1.1", code=2).stderr
    assert ("cannot be written" in told, "Traceback" in told) == (True, False)


def test_checks_that_cannot_be_imported_are_no_refusal(small):
    """A mistake in the kit's own checks exits 2, with the line of the mistake as evidence."""
    small.write("tests/labs/test_01_boat.py", "import no_such_module\n")
    told = capsize("check", "1.1", "--code", "solutions", code=2).stdout
    assert ("cannot be imported" in told, "no_such_module" in told) == (True, True)


def test_a_pass_that_cannot_be_written_down_is_a_pass(small):
    """Where only the score cannot be written, the verdict stands and its exit code is 0."""
    small.boat("    return 1 + cargo", code="work")
    small.write("work/01_boat/name.py", 'NAME = "Otter"\n')
    (small.root / "work/.progress.lock").mkdir()
    told = capsize("check", "1.1")
    assert ("1.1 passed" in told.stdout, "not written down" in told.stderr) == (True, True)


def test_check_interrupted_exits_130_and_leaves_nothing(small):
    """Ctrl-C during a check ends the check and its stack, quietly."""
    small.boat("    return 1\n\n\nimport time\ntime.sleep(60)")
    words = [*CAPSIZE, "check", "1.1", "--code", "starter"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _until(lambda: len(psutil.Process(process.pid).children(recursive=True)) > 3)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=20)
    assert (process.returncode, told) == (130, ("", ""))
    _until(lambda: not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE], 2)


def test_load_finds_the_stack_that_is_up(small, up):
    """A load from another terminal goes to the stack that is up, and starts none."""
    small.write("labs/load/01_boat.py", LOCUSTFILE)
    report = json.loads(capsize("load", "01", "--users", "2", "--seconds", "1", "--json").stdout)
    assert (report["host"], report["failed"]) == (up[1]["urls"]["boat"], 0)


def test_help_is_quick():
    """``capsize --help`` imports no more than it shows."""
    words = "import sys; from capsize import cli; print([m for m in sys.modules if m in sys.argv])"
    heavy = (
        "anyio",
        "httpx",
        "yaml",
        "psutil",
        "pytest",
        "capsize.session.running",
        "capsize.course.lab",
        "jupyterlab",
    )
    told = subprocess.run([sys.executable, "-c", words, *heavy], capture_output=True, text=True, timeout=30)
    assert told.stdout == "[]\n"


def _status(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.request.HTTPError as error:
        with error:
            return error.code


def _until(holds, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
