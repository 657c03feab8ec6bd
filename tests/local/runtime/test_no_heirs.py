"""What outlives its parent: what services start themselves, commands under way, forks of who holds a stack."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from plain_stacks import HOLDER, Describe, eventually, leftovers

from capsize.session import running
from capsize.stack.model import Stack

POOL = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

pools = [ProcessPoolExecutor(max_workers=1, mp_context=get_context(how)) for how in ("spawn", "fork")]
assert [pool.submit(abs, -1).result() for pool in pools] == [1, 1]
"""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what a process was started with")
SLOW_COPY = '#!/bin/sh\ntouch "$3.begun"\nwhile :; do mkdir -p "$3/x"; sleep 0.01; done\n'  # it does not end by itself
DATABASE = """
import sys, time
from pathlib import Path
from capsize.runtime.backing import template
from capsize.session import running
from capsize.stack.model import Location, Service, Stack

template.CLONE = (sys.argv[1], "-a")
environment = {"POSTGRES_PASSWORD": "x"}
db = Service("db", Location(Path("compose.yaml"), 1), image="postgres:18", environment=environment)
running.start(Stack("copied", Path("compose.yaml"), {"db": db}))
"""
FORKS = """
import os, sys, time
from pathlib import Path
from capsize.session import running
from capsize.stack.model import Location, Service, Stack

secret = {"POSTGRES_PASSWORD": "x"}
db = Service("cache", Location(Path("compose.yaml"), 1), image="valkey/valkey:9", environment=secret)
stack = running.start(Stack("held", Path("compose.yaml"), {"cache": db}))
if os.fork() == 0:
    if sys.argv[1] == "exits":
        sys.exit(0)
    os.setsid()
    time.sleep(60)
    os._exit(0)
print("forked", flush=True)
if sys.argv[1] == "exits":
    os.wait()
    print(stack.state, stack.instance("cache-1").state, flush=True)
if sys.argv[1] != "killed":
    began = time.monotonic()
    stack.down()
    print("down" if time.monotonic() - began < 4 else "late", flush=True)
time.sleep(60)
"""


def _segments() -> set[int]:
    """List the numbers of the system's shared-memory segments (Linux)."""
    return {int(line.split()[1]) for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}


@pytest.fixture
def a_copy_without_end(tmp_path: Path) -> Path:
    """A program in the place of ``cp`` that makes folders until somebody ends it."""
    program = tmp_path / "cp"
    program.write_text(SLOW_COPY)
    program.chmod(0o755)
    return program


def _held(script: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True)


@LINUX
def test_a_killed_nursery_leaves_no_pool(describe: Describe, code: Path, run_dir: Path):
    """What services have started themselves ends with a nursery that was killed, and so do their semaphores."""
    (code / "app.py").write_text(POOL + (code / "app.py").read_text())
    with running.start(describe(one={})) as stack:
        named = f"sem.{stack.folder.name}-*"
        assert list(Path("/dev/shm").glob(named))
        psutil.Process(stack.instance("one-1").pid).parent().kill()
        assert eventually(lambda: stack.state == "down")
    assert (leftovers(run_dir), list(Path("/dev/shm").glob(named))) == ([], [])


@LINUX
def test_a_killed_nursery_and_owner_leave_no_pool_to_the_next(two: Stack, code: Path, run_dir: Path):
    """When nobody is left to take services down, the next stack of this user does."""
    (code / "app.py").write_text(POOL + (code / "app.py").read_text())
    holder = _held(HOLDER, str(code))
    assert [holder.stdout.readline() for _ in range(2)] == ["begin\n", "up\n"]
    for process in [psutil.Process(holder.pid), *psutil.Process(holder.pid).children()]:
        process.suspend()  # so that none of them can do a thing about the other's end
    for process in [*psutil.Process(holder.pid).children(), psutil.Process(holder.pid)]:
        process.kill()
    running.start(two).down()
    holder.communicate()
    assert eventually(lambda: leftovers(run_dir) == []), leftovers(run_dir)


@LINUX
@pytest.mark.parametrize("victim", ["owner", "nursery"])
def test_a_killed_start_leaves_no_shared_memory(run_dir: Path, victim: str):
    """A database whose owner or nursery is killed leaves no segment of System V shared memory."""
    before = _segments()
    holder = _held(FORKS.replace("valkey/valkey:9", "postgres:18"), "killed")
    assert holder.stdout.readline() == "forked\n"
    assert _segments() - before
    nursery = next(one for one in psutil.Process(holder.pid).children() if "spawner.py" in " ".join(one.cmdline()))
    fork = next(one for one in psutil.Process(holder.pid).children() if one.pid != nursery.pid)
    (holder if victim == "owner" else nursery).kill()
    assert eventually(lambda: not _segments() - before)
    for process in (fork, holder):
        process.kill()
    holder.communicate()


@pytest.mark.parametrize("victim", ["owner", "nursery"])
def test_a_kill_while_the_database_is_copied_leaves_nothing(run_dir: Path, a_copy_without_end: Path, victim: str):
    """The copy of a database's template ends with the stack, whoever of the two that hold it is killed."""
    holder = _held(DATABASE, str(a_copy_without_end))
    assert eventually(lambda: list(run_dir.glob("*/db-1/*.begun")), within=20)
    nursery = psutil.Process(holder.pid).children()[0]
    (holder if victim == "owner" else nursery).kill()
    assert eventually(lambda: leftovers(run_dir) == []), leftovers(run_dir)
    holder.kill()
    holder.communicate()


def test_ctrl_c_while_the_database_is_copied_ends_at_once(run_dir: Path, a_copy_without_end: Path):
    """Whoever gives up a start does not wait for a copy."""
    holder = _held(DATABASE, str(a_copy_without_end))
    assert eventually(lambda: list(run_dir.glob("*/db-1/*.begun")), within=20)
    holder.send_signal(signal.SIGINT)
    assert holder.wait(5) != 0
    assert leftovers(run_dir) == []
    holder.communicate()


def test_a_fork_of_the_owner_does_not_keep_a_stack_up(run_dir: Path):
    """A stack ends with the process that started it, though a fork of that goes on."""
    holder = _held(FORKS, "killed")
    assert holder.stdout.readline() == "forked\n"
    children = psutil.Process(holder.pid).children()
    holder.kill()
    assert eventually(lambda: list(run_dir.iterdir()) == [], within=2)
    for child in children:
        if child.is_running():
            child.kill()
    holder.communicate()


def test_a_fork_of_the_owner_does_not_hold_up_its_end(run_dir: Path):
    """Down returns when all is down, though a fork of the owner has copies of its pipes."""
    holder = _held(FORKS, "down")
    assert [holder.stdout.readline() for _ in range(2)] == ["forked\n", "down\n"]
    for child in psutil.Process(holder.pid).children():
        child.kill()
    holder.kill()
    holder.communicate()


def test_a_fork_that_exits_takes_nothing_down(run_dir: Path):
    """The end of a fork of the owner is not the stack's: what it does at its exit, it does to copies."""
    holder = _held(FORKS, "exits")
    assert [holder.stdout.readline() for _ in range(3)] == ["forked\n", "up running\n", "down\n"]
    holder.kill()
    holder.communicate()
