"""A service that ends before it was ready is reported at once, whatever its restart policy, with its line."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from plain_stacks import Describe, eventually, leftovers

from capsize.errors import CapsizeError
from capsize.session import running
from capsize.stack.model import Port, Restart

AT_ONCE = 10.0  # seconds, on a busy machine; the wait for a service that does not end is 30
ALWAYS = Restart("always")
# what the learner's file is, the line that is to be named, the words that are to be said
ENDS = {
    "an exit": ("import sys\nsys.exit(0)\n", 2, "exit code 0"),
    "an exit in a function": ("import sys\n\ndef leave():\n    sys.exit(3)\n\nleave()\n", 4, "exit code 3"),
    "a kill of its group": ("import os\n\nos.killpg(0, 9)\n", 3, "SIGKILL"),
    "a kill of its parent": ("import os\n\nos.kill(os.getppid(), 9)\n", 3, "killed the nursery"),
    "null bytes": ("x = 1\ny = '\0'\n", 2, "null bytes"),
    "an error of 3 MB": ("x = 1\nraise ValueError('no ' * 1_000_000)\n", 2, "exit code 1"),
    "a file that is a folder": (None, None, "exit code"),
}


@pytest.mark.parametrize("what", ENDS)
def test_an_end_is_said_at_once(what: str, describe: Describe, code: Path, run_dir: Path):
    """Whatever ends a service that was never ready, the error comes at once and names the line; nothing is left."""
    source, line, words = ENDS[what]
    (code / "app.py").unlink()
    (code / "app.py").mkdir() if source is None else (code / "app.py").write_text(source)
    began = time.monotonic()
    with pytest.raises(CapsizeError) as refused:
        running.start(describe(one={"restart": ALWAYS, "ports": (Port(8000),)}))
    assert time.monotonic() - began < AT_ONCE
    assert words in str(refused.value)
    assert line in (None, refused.value.place.line)
    assert len(str(refused.value)) < 10_000
    assert leftovers(run_dir) == []


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.rename(file.with_suffix(".txt"))])
def test_a_missing_file_is_said_at_once(spoil: Callable[[Path], object], describe: Describe, code: Path, run_dir: Path):
    """A file that is not there ends its service at once, with the service's place in the stack's file."""
    spoil(code / "app.py")
    began = time.monotonic()
    with pytest.raises(CapsizeError, match="ended before it was ready") as refused:
        running.start(describe(one={"restart": ALWAYS, "ports": (Port(8000),)}))
    assert time.monotonic() - began < AT_ONCE
    assert refused.value.place


def test_one_that_nobody_calls_may_end(describe: Describe, code: Path, run_dir: Path):
    """A service that has done its work and ends well is no failure."""
    (code / "task.py").write_text("print('done')\n")
    task = {"command": ("python", "task.py")}
    with running.start(describe(task=task)) as stack:
        assert stack.state == "up"


def test_a_service_that_kills_its_parent_is_named(describe: Describe, code: Path, run_dir: Path):
    """When a service takes the nursery down, whoever holds the stack hears which one did, and at which line."""
    app = (code / "app.py").read_text() + "\n@app.delete('/')\nasync def strike():\n    os.kill(os.getppid(), 9)\n"
    (code / "app.py").write_text(app)
    with running.start(describe(front={"ports": (Port(8000),)})) as stack:
        with contextlib.suppress(httpx.HTTPError):  # the answer may still get through
            httpx.delete(stack.url("front"))
        assert eventually(lambda: stack.state == "down")
        with pytest.raises(CapsizeError, match="front-1 killed the nursery") as told:
            stack.instance("front-1").restart()
    assert told.value.place.line == len(app.splitlines())
