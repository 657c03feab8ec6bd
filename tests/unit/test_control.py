"""Stacks that other terminals can see."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from capsize.errors import CapsizeError
from capsize.session import remote_control as control
from capsize.stack.model import Stack


class Pond:
    """Stands in for a running stack."""

    def __init__(self, folder, name="01_boat"):
        self.name, self.folder, self.acts = name, folder, []
        self.model = Stack(name, folder / "compose.yaml", {})

    def snapshot(self):
        return {"stack": self.name}

    def act(self, request):
        if request["do"] != "kill":
            raise CapsizeError(f"cannot do {request['do']!r}", expected="kill")
        self.acts.append(request)

    def logs(self, name, lines, at=None):
        return f"{lines} lines of {name}"


@pytest.fixture
def pond(tmp_path, monkeypatch):
    """A stack on offer, in a registry of its own."""
    monkeypatch.setenv("CAPSIZE_REGISTRY", str(tmp_path / "registry"))
    pond = Pond(tmp_path)
    offer = control.offer(pond)
    yield pond
    offer.close()


def test_stack_on_offer_is_found_and_asked(pond):
    """Another process of this user finds the stack and reads its state."""
    assert control.choose().ask(do="snapshot") == {"stack": "01_boat"}


@pytest.fixture
def raft(pond, tmp_path):
    """A second stack on offer, and what takes it down."""
    (tmp_path / "raft").mkdir()
    raft = Pond(tmp_path / "raft", "02_raft")
    offer = control.offer(raft)
    yield raft, offer.close
    offer.close()


def test_a_stack_that_goes_down_meanwhile_is_left_out(raft):
    """Somebody else's stack may end between two looks; whoever lists the others does not stumble over it."""
    stack, close = raft

    def sink():
        close()
        raise CapsizeError("too late")

    stack.snapshot = sink
    assert [words for _, words in control.snapshots()] == [{"stack": "01_boat"}]


def test_a_stack_that_is_there_and_cannot_say_how_it_is_hides_no_other(raft):
    """Only what is gone is left out in silence; what fails is told beside the others."""
    stack, _ = raft
    stack.snapshot = {}.popitem
    (_, first), (_, second) = control.snapshots()
    assert (first, "empty" in str(second)) == ({"stack": "01_boat"}, True)


def test_a_stack_that_does_not_answer_hides_no_other(raft, monkeypatch):
    """Whoever lists the stacks waits for all of them at once, and for a silent one not long."""
    monkeypatch.setattr(control, "ANSWERS_WITHIN", 0.3)
    stack, _ = raft
    woken = threading.Event()
    stack.snapshot = woken.wait
    (_, first), (_, second) = control.snapshots()
    woken.set()
    assert (first, "does not answer" in str(second)) == ({"stack": "01_boat"}, True)


def test_an_act_is_not_sent_to_a_process_that_does_not_listen(pond, monkeypatch):
    """A suspended process takes connections and never answers: an act on it fails soon, and is not kept for later."""
    monkeypatch.setattr(control, "ANSWERS_WITHIN", 0.2)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(pond.folder / "deaf.sock"))
        deaf.listen()
        with pytest.raises(CapsizeError, match=f"kill {os.getpid()}"):
            control.Remote("deaf", os.getpid(), pond.folder / "deaf.sock").ask(do="kill", who="boat-1")


def test_a_stack_is_named_by_its_path_too(raft, monkeypatch):
    """A file or its folder, as somebody types them, names the stack that was read from it."""
    stack, _ = raft
    monkeypatch.chdir(stack.folder)
    assert {control.choose(word).name for word in (".", "compose.yaml", str(stack.folder))} == {"02_raft"}


def test_a_stack_that_nobody_can_call_says_what_to_publish():
    """Where there is nothing to load, the reason is told, and where the name is wrong, which names there are."""
    with pytest.raises(CapsizeError, match="published"):
        control.door({"db": "127.0.0.1:1"})
    with pytest.raises(CapsizeError, match="add --to web"):
        control.door({"web": "http://127.0.0.1:2"}, "db")


def test_customers_come_in_where_http_is_spoken():
    """The databases that a stack publishes are not where a load goes."""
    assert control.door({"db": "127.0.0.1:1", "gateway": "http://127.0.0.1:2", "old": "http://127.0.0.1:3"})[-1] == "2"


def test_logs_come_by_name(pond):
    """The lines of an instance are a question away."""
    assert control.choose().ask(do="logs", who="boat-1", lines=3) == "3 lines of boat-1"


def test_act_reaches_the_stack(pond):
    """What a terminal asks is what the stack is told."""
    control.choose().ask(do="kill", who="boat-1")
    assert pond.acts == [{"do": "kill", "who": "boat-1"}]


def test_refusal_comes_back_in_its_own_words(pond):
    """What the stack refuses, the one who asked reads."""
    with pytest.raises(CapsizeError, match="cannot do 'burn'"):
        control.choose().ask(do="burn")


@pytest.mark.parametrize("command", [{}, {"do": 7}, {"do": "logs"}])
def test_nonsense_is_answered(pond, command):
    """Whatever is asked, an answer comes."""
    with pytest.raises(CapsizeError):
        control.choose().ask(**command)


def test_only_its_user_may_ask(pond):
    """The socket is its user's alone."""
    assert stat.S_IMODE((pond.folder / "control.sock").stat().st_mode) == 0o600


def test_closed_offer_leaves_nothing(tmp_path, monkeypatch):
    """When a stack is down, neither socket nor entry is left."""
    monkeypatch.setenv("CAPSIZE_REGISTRY", str(tmp_path / "registry"))
    control.offer(Pond(tmp_path)).close()
    assert [path.name for path in tmp_path.rglob("*")] == ["registry"]


def test_offer_ends_with_its_stack(tmp_path, monkeypatch):
    """A stack that nobody holds any more is not kept alive by being on offer."""
    monkeypatch.setenv("CAPSIZE_REGISTRY", str(tmp_path / "registry"))
    control.offer(Pond(tmp_path))
    assert control.running() == ()


def test_dead_processes_are_swept(tmp_path, monkeypatch):
    """What a killed process left in the registry is gone after the next look."""
    monkeypatch.setenv("CAPSIZE_REGISTRY", str(tmp_path / "registry"))
    words = "import os, pathlib, test_control as here; pond = here.Pond(pathlib.Path('.')); here.control.offer(pond)"
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", f"{words}; os._exit(9)"], cwd=tmp_path, env=path, timeout=30)
    assert len(list((tmp_path / "registry").iterdir())) == 1
    assert (control.running(), list((tmp_path / "registry").iterdir())) == ((), [])


def test_garbage_in_the_registry_is_swept(tmp_path, monkeypatch):
    """An entry that cannot be read is no stack."""
    monkeypatch.setenv("CAPSIZE_REGISTRY", str(tmp_path))
    (tmp_path / "1-1.json").write_text("{")
    (tmp_path / "2-1.json").write_text(json.dumps({"name": "x", "pid": "y", "socket": "z"}))
    assert (control.running(), list(tmp_path.iterdir())) == ((), [])


def test_no_stack_says_how_to_start_one(tmp_path, monkeypatch):
    """Without a stack, the next thing to type is told."""
    monkeypatch.setenv("CAPSIZE_REGISTRY", str(tmp_path))
    with pytest.raises(CapsizeError, match="no stack is up"):
        control.choose()


def test_two_stacks_are_told_apart_by_name(raft):
    """Where two stacks are up, one has to be named; its number is enough."""
    with pytest.raises(CapsizeError, match="more than one stack is up"):
        control.choose()
    assert control.choose("2").name == "02_raft"
