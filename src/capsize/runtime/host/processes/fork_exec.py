"""How the nursery gives birth: by fork of its warm interpreter for Python, by exec for the rest.

Standard library only, and no import of the kit: the nursery starts in isolated mode in a few milliseconds.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import faulthandler
import io
import multiprocessing.process
import os
import pwd
import runpy
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import container_disk  # type: ignore[import-not-found]  # siblings; who starts this has their folder in the path
import exit_lines  # type: ignore[import-not-found]
import python_command  # type: ignore[import-not-found]

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_CHILD_SUBREAPER = 1, 15, 36
FAILED_TO_EXEC = 127


def give(birth: dict[str, Any]) -> int:
    """Fork a child for ``birth`` (argv, env, cwd, log, user, path) and return its pid. Raise OSError if it cannot."""
    parent = os.getpid()
    log = os.open(birth["log"], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    pid = os.fork()
    if pid == 0:
        _be_born(birth, parent, log)
    os.close(log)
    return pid


def run(argv: list[str]) -> None:
    """Run a command to its end, with nobody to talk to."""
    import subprocess  # 10 ms that a nursery of processes alone need not spend

    subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def adopt() -> None:
    """Make orphans of our children our own children (Linux), so that a double fork does not get away."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def strays() -> list[int]:
    """List all children of this process, adopted ones too (Linux)."""
    if not LINUX:
        return []
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="utf-8").split()]


def tell_all(pid: int, number: int) -> None:
    """Signal a child's group, and on Linux also its descendants that have groups of their own, as PostgreSQL's have."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
    for heir in _heirs(pid) if LINUX else ():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(heir, number)


def _heirs(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split():
            yield from (int(child), *_heirs(int(child)))


def end(pid: int, number: int) -> None:
    """Signal a child (all of its group by SIGKILL), also when it is paused."""
    gone = (ProcessLookupError, PermissionError)
    if number == signal.SIGKILL:
        with contextlib.suppress(*gone):
            os.killpg(pid, number)
    with contextlib.suppress(*gone):
        os.kill(pid, number)
        os.kill(pid, signal.SIGCONT)


def _be_born(birth: dict[str, Any], parent: int, log: int) -> NoReturn:
    code = 1
    try:
        _leave_the_parent(birth, log)
        _die_with(parent, Path(birth["log"]).stem)
        if birth.get("path") is None:
            os.execvpe(birth["argv"][0], birth["argv"], birth["env"])
        code = _run_python(birth)
    except OSError as error:
        print(f"{birth['argv'][0]}: {error}", file=sys.stderr)
        code = FAILED_TO_EXEC
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        _exit(code)
    raise AssertionError("unreachable")


_exit = os._exit


def _leave_the_parent(birth: dict[str, Any], log: int) -> None:
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler if birth.get("path") is not None else signal.SIG_DFL)
    words = os.open(birth.get("words") or os.devnull, os.O_RDONLY)
    for source, target in ((words, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.closerange(3, 1024)
    if birth.get("user"):
        _become(birth["user"])
    os.chdir(birth["cwd"])


def _become(name: str) -> None:
    user = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def _die_with(parent: int, name: str) -> None:
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode())  # what top shows; cut to 15 bytes
    if os.getppid() != parent:
        _exit(1)


def _run_python(birth: dict[str, Any]) -> int:
    """Do what ``python ARGV`` does, in this fork; return the exit code."""
    command = python_command.parse(birth["argv"][1:])
    _look_like_python(birth, command)
    try:
        _run_program(command)
        return 0
    except SystemExit as wish:
        return _exit_code(wish)
    except BaseException as error:
        traceback.print_exception(error.with_traceback(_own(error.__traceback__)))
        return 1
    finally:
        threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter does at its end
        atexit._run_exitfuncs()


def _run_program(command: Any) -> None:
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    sys.argv = [{"module": "-m", "text": "-c"}.get(command.kind, command.program), *command.rest]
    if command.kind == "module":
        runpy._run_module_as_main(command.program)  # type: ignore[attr-defined]  # what -m does
    elif command.kind == "file":
        runpy.run_path(str(Path(command.program).absolute()), run_name="__main__")
    else:
        exec(compile(command.program, "<string>", "exec"), main.__dict__)


def _own(frames: TracebackType | None) -> TracebackType | None:
    """Leave out the frames that are the nursery's and runpy's."""
    while frames and frames.tb_frame.f_code.co_filename in (__file__, "<frozen runpy>", runpy.__file__):
        frames = frames.tb_next
    return frames


def _look_like_python(birth: dict[str, Any], command: Any) -> None:
    os.environ.clear()
    os.environ.update(birth["env"])
    time.tzset()
    first = "" if command.kind == "text" else python_command.search_folder(command, birth["cwd"])
    sys.path[:] = [first, *birth["path"]]
    sys.orig_argv = [sys.executable, *birth["argv"][1:]]
    sys.dont_write_bytecode = bool(birth["env"].get("PYTHONDONTWRITEBYTECODE")) or command.writes_no_bytecode
    _open_streams(command.is_unbuffered or bool(birth["env"].get("PYTHONUNBUFFERED")))
    # semaphores of pools get names by which the nursery finds those of a process that was killed
    multiprocessing.process.current_process()._config["semprefix"] = f"/{Path(birth['log']).parent.name}"  # type: ignore[attr-defined]
    faulthandler.register(signal.SIGUSR1, file=sys.stderr)  # tells where an endless loop turns
    exit_lines.listen()
    if birth.get("disk"):
        container_disk.keep(**birth["disk"])


def _open_streams(unbuffered: bool) -> None:
    """Open the standard streams as Python does where they are files."""
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
    raw = open(1, "wb", buffering=0 if unbuffered else -1)  # noqa: SIM115
    sys.stdout = io.TextIOWrapper(raw, write_through=unbuffered, encoding="utf-8")
    sys.stderr = io.TextIOWrapper(open(2, "wb"), errors="backslashreplace", line_buffering=True, encoding="utf-8")  # noqa: SIM115


def _exit_code(wish: SystemExit) -> int:
    exit_lines.say_exit(wish)
    if wish.code is None or isinstance(wish.code, int):
        return wish.code or 0
    print(wish.code, file=sys.stderr)
    return 1
