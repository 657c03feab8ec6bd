"""``capsize audit`` in a terminal: the table, JSON, the report, exit codes, Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from audited_apps import lay, run_folders

CAPSIZE = [sys.executable, "-m", "capsize.cli", "audit"]


@pytest.fixture(scope="module")
def keeper(tmp_path_factory):
    """Lay the app that keeps all twelve."""
    return lay("keeper", tmp_path_factory.mktemp("command"))


def audited(*words):
    return subprocess.run([*CAPSIZE, *map(str, words)], capture_output=True, text=True, timeout=120)


def test_table_names_the_factor_and_the_exit_code_says_it_holds(keeper, tmp_path):
    """A row for each factor that was asked for, a report in a file, and 0."""
    done = audited(keeper, "--only", "vii", "--report", tmp_path / "audit.md")
    assert (done.returncode, done.stderr) == (0, "")
    assert "VII Port binding" in done.stdout
    assert "## VII Port binding: holds" in (tmp_path / "audit.md").read_text()


def test_json_is_one_line(keeper):
    """A script reads one line, and the exit code that is in it too."""
    done = audited(keeper, "--only", "VI", "--json")
    words = json.loads(done.stdout)
    assert (done.returncode, words["exit_code"], words["factors"][0]["verdict"]) == (2, 2, "unjudged")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no/such/folder"], "there is no folder no/such/folder"),
        ([".", "--start", "x", "--slow", "report"], "--slow is not a request"),
        ([".", "--start", "x", "--env", "NAME"], "--env is not a variable"),
        ([".", "--start", "x", "--only", "XX"], "there is no such factor"),
    ],
)
def test_wrong_words_are_refused_in_a_sentence(words, said):
    """Exit code 2, what is wrong, and no traceback."""
    done = audited(*words)
    assert done.returncode == 2
    assert done.stderr.startswith(said)


def test_interrupt_ends_the_audit_and_leaves_nothing(keeper):
    """Ctrl-C while the app runs: no verdict, exit code 130, no process and no folder left."""
    before = run_folders()
    process = subprocess.Popen([*CAPSIZE, str(keeper)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not any(folder.glob("web-*/stdout.log") for folder in run_folders() - before):
        assert time.monotonic() < deadline, process.poll()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert run_folders() == before
