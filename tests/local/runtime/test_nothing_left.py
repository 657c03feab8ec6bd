"""However the process that holds a stack ends, nothing of the stack is left within two seconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from plain_stacks import HOLDER, Describe, eventually, get, leftovers

from capsize.errors import CapsizeError
from capsize.runtime.control import shutdown
from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port, Restart, Stack

FORKS_AWAY = """
import os, time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
"""


@pytest.fixture
def holder(code: Path, run_dir: Path):
    """Another Python that holds a stack, as a notebook's kernel does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(code)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_holder_that_dies_leaves_nothing(holder: subprocess.Popen, run_dir: Path, number: int):
    """Killed, terminated or interrupted: processes and folders of its stack are gone within two seconds."""
    assert holder.stdout.readline() == "begin\n"
    assert holder.stdout.readline() == "up\n"
    assert len(leftovers(run_dir)) >= 4
    holder.send_signal(number)
    assert eventually(lambda: leftovers(run_dir) == [], within=2), leftovers(run_dir)


@pytest.mark.parametrize("after_ms", [0, 20, 50, 100, 200, 350, 500, 700])
def test_ctrl_c_at_any_moment_of_the_start_leaves_nothing(holder: subprocess.Popen, run_dir: Path, after_ms: int):
    """Ctrl-C while the stack starts ends the holder and everything that had started."""
    assert holder.stdout.readline() == "begin\n"
    time.sleep(after_ms / 1000)  # the moment is what varies, not a wait for something
    holder.send_signal(signal.SIGINT)
    assert holder.wait(5) != 0
    assert eventually(lambda: leftovers(run_dir) == [], within=2), leftovers(run_dir)


def test_a_killed_nursery_takes_the_services_with_it(two: Stack, run_dir: Path):
    """When the nursery itself is killed, its services end, and the stack says that it is down."""
    with running.start(two) as stack:
        stack.supervisor.host.home.nursery.process.kill()
        assert eventually(lambda: stack.state == "down")
    assert eventually(lambda: leftovers(run_dir) == [], within=2)


def test_a_killed_zygote_costs_its_own_services_a_restart(describe: Describe, run_dir: Path):
    """When one of the warm interpreters is killed, what was forked from it ends, and is started again by its policy."""
    front = {"replicas": 2, "restart": Restart("always"), "ports": (Port(8000),)}
    with running.start(describe(front=front)) as stack:
        parents = {one.name: psutil.Process(one.pid).parent() for one in stack.instances}
        name, zygote = next((name, parent) for name, parent in parents.items() if "--zygote" in parent.cmdline())
        forked = stack.instance(name).pid
        zygote.kill()
        assert eventually(lambda: stack.instance(name).pid not in (None, forked), within=20)
        assert get(stack).status_code == 200
    assert eventually(lambda: leftovers(run_dir) == [], within=2)


def test_a_service_that_forks_away_is_found(describe: Describe, code: Path, run_dir: Path):
    """A grandchild that left its session ends with the stack (Linux)."""
    (code / "app.py").write_text(FORKS_AWAY + (code / "app.py").read_text())
    running.start(describe(one={})).down()
    assert leftovers(run_dir) == []


POOL = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
assert pool.submit(abs, -1).result() == 1
"""


@pytest.mark.skipif(not Path("/dev/shm").exists(), reason="only Linux shows named semaphores as files")
def test_a_killed_pool_leaves_no_semaphore(describe: Describe, code: Path, run_dir: Path):
    """A service with a pool of processes is killed, and neither its workers nor its semaphores outlive the stack."""
    (code / "app.py").write_text(POOL + (code / "app.py").read_text())
    with running.start(describe(one={})) as stack:
        mine = f"sem.{stack.folder.name}-*"
        assert list(Path("/dev/shm").glob(mine))
        stack.instance("one-1").kill()
    assert (leftovers(run_dir), list(Path("/dev/shm").glob(mine))) == ([], [])


def test_a_service_that_ignores_sigterm_is_ended(
    describe: Describe, code: Path, run_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    """A service that does not end within its grace period is killed; the timeline says so, and while it waits too."""
    monkeypatch.setattr(shutdown, "LONG", 0.1)
    (code / "deaf.py").write_text(
        "import os, signal, socket, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "server = socket.create_server(('127.0.0.1', int(os.environ['PORT'])))\n"
        "time.sleep(600)\n"
    )
    stack = running.start(describe(one={"command": ("python", "deaf.py"), "stop_grace_period": 0.3}))
    stack.down()
    told = [(event.what, event.why) for event in stack.timeline.events if event.who == "one-1"]
    assert ("is still running", "SIGTERM was sent 0.1 s ago; SIGKILL follows in 0.2 s") in told
    assert ("killed", "did not end within 0.3 s") in told
    assert leftovers(run_dir) == []


def test_a_full_disk_is_said(two: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where no run folder can be made, the error says so and names the way out."""
    monkeypatch.setenv("CAPSIZE_RUN_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(CapsizeError, match="export CAPSIZE_RUN_DIR="):
        running.start(two)


def test_run_folders_are_private(up: RunningStack, run_dir: Path):
    """Nobody else reads a run folder: 0700, or 0711 when root must let PostgreSQL's user through."""
    (folder,) = run_dir.iterdir()
    assert folder.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
