"""What a service or a terminal has too much or too little of: logs without end, open files."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest
from plain_stacks import Describe, eventually

from capsize.errors import CapsizeError
from capsize.runtime.host.processes import client, descriptors, log_limit
from capsize.session import running

CHATTY = """
import os, socket
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
line = "x" * 1000
number = 0
while True:
    number += 1
    print(number, line)
"""
HOLDS = """
import sys
from pathlib import Path
from capsize.errors import CapsizeError
from capsize.session import running
from capsize.stack.model import Location, Service, Stack

cache = Service("cache", Location(Path("compose.yaml"), 1), image="valkey/valkey:9")
try:
    with running.start(Stack("held", Path("compose.yaml"), {"cache": cache})):
        print("up")
except CapsizeError as error:
    print(error)
"""


def test_a_log_without_end_fills_no_memory(describe: Describe, code, run_dir):
    """A service that prints in a loop keeps its last lines, and what it has in memory stays small."""
    (code / "chatty.py").write_text(CHATTY)
    with running.start(describe(one={"command": ("python", "chatty.py")})) as stack:
        log = stack.folder / "one-1.log"
        assert eventually(lambda: log_limit.CUT in log.read_bytes()[:1000], within=30)
        (first, *_), last = stack.logs("one-1").split(), stack.logs("one-1", 3)
        assert int(first) > 1
        assert "xxx" in last
        assert all(log.stat().st_size < 20 * log_limit.MOST for _ in range(100))


def test_a_log_is_cut_at_a_line(tmp_path):
    """What is kept of a log begins with a whole line, and writers who append go on behind it."""
    log = tmp_path / "one.log"
    with log.open("ab") as writer:
        writer.write(b"".join(b"%07d\n" % number for number in range(log_limit.MOST // 8 + 1)))
        writer.flush()
        log_limit.keep(str(log))
        writer.write(b"the end\n")
    first, second, *_, end = log.read_bytes().splitlines(keepends=True)
    assert (first, len(second), end) == (log_limit.CUT, 8, b"the end\n")
    assert log.stat().st_size <= log_limit.KEPT + len(log_limit.CUT) + 8


@pytest.mark.parametrize(("soft", "hard", "says"), [(64, 4096, "up"), (64, 64, "enough files")])
def test_few_open_files_are_raised_or_refused(run_dir, soft: int, hard: int, says: str):
    """A low limit is raised where the terminal lets us; where it does not, the error says so before anything starts."""
    done = subprocess.run(
        [sys.executable, "-c", HOLDS],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert says in done.stdout


def test_too_few_open_files_name_what_to_type(monkeypatch: pytest.MonkeyPatch):
    """The refusal has the limit, and the command that helps."""
    monkeypatch.setattr(descriptors, "raise_limit", lambda: 64)
    with pytest.raises(CapsizeError, match="limit of 64") as refused:
        descriptors.have_enough()
    assert "ulimit -n" in refused.value.next


def test_a_nursery_to_come_is_not_missed(monkeypatch: pytest.MonkeyPatch):
    """Getting one warm in advance fails nobody: the start that wants it says what is wrong."""
    monkeypatch.setattr(descriptors, "raise_limit", lambda: 64)
    monkeypatch.setattr(client, "_spare", [])
    client.prewarm()
    assert client._spare == []
