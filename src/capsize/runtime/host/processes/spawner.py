"""The nursery: a small single-threaded process that parents everything a stack starts.

It reads commands as JSON lines on its standard input and tells events on its standard output. When its input closes,
however the other end died, it takes down all it has and removes the run folder. It imports only the standard library
until it is asked to get warm; then it forks Python services out of an interpreter that has its imports behind it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import selectors
import signal
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # started by path, in isolated mode: siblings are found here
import fork_exec  # type: ignore[import-not-found]  # the siblings, by the path above
import log_limit  # type: ignore[import-not-found]
import run_folders  # type: ignore[import-not-found]

WARM = [
    "anyio._backends._asyncio",
    "asyncpg",
    "concurrent.futures.process",
    "fastapi",
    "http.client",
    "httpx",
    "runpy",
    "urllib.request",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.auto",
    "uvloop",
]
TICK = 0.2  # seconds between two looks at the owner and at the logs
GRACE = 1.0  # seconds that children have to end on their own signal once the input has closed


class Spawner:
    """The children by the number that the client gave them, and the loop that serves the client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: dict[int, dict[str, Any]] = {}
        self.last: list[list[str]] = []
        self.open, self.owner = True, os.getppid()
        self.input = b""

    def serve(self) -> None:
        """Serve until the input closes or SIGTERM comes."""
        wake = self._listen_for_signals()
        with selectors.DefaultSelector() as selector:
            selector.register(0, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            while self.open:
                for key, _ in selector.select(TICK):
                    self._drain(wake) if key.fd == wake else self._read()
                self._reap()
                self._look_around()

    def _listen_for_signals(self) -> int:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "open", False))
        return reader

    def _look_around(self) -> None:
        """End with the owner also where a fork of it holds the pipe open; keep the children's logs small."""
        if os.getppid() != self.owner:
            self.open = False
        for child in self.children.values():
            log_limit.keep(child["log"])

    def _drain(self, wake: int) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(wake, 4096)

    def _read(self) -> None:
        data = os.read(0, 65536)
        if not data:
            self.open = False
        *lines, self.input = (self.input + data).split(b"\n")
        for line in lines:
            command = json.loads(line)
            getattr(self, f"do_{command.pop('do')}")(**command)

    def tell(self, **event: Any) -> None:
        """Tell the client; a client that is gone ends the nursery."""
        try:
            os.write(1, json.dumps(event).encode() + b"\n")
        except OSError:
            self.open = False

    def do_warm(self, path: list[str], also: list[str]) -> None:
        """Import what services need, and what a stack's own need beside that, once, so that each fork has it."""
        sys.path[:] = path
        for name in [*WARM, *also]:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        gc.collect()
        gc.freeze()
        self.tell(event="warm")

    def do_spawn(self, id: int, stop: str = "SIGKILL", **birth: Any) -> None:  # noqa: A002 - the protocol's word
        """Start a child: a Python command by fork, any other by exec."""
        try:
            pid = fork_exec.give(birth)
        except OSError as error:
            self.tell(event="failed", id=id, why=str(error))
            return
        self.children[pid] = {"id": id, "stop": getattr(signal, stop), "log": birth["log"]}
        self.tell(event="started", id=id, pid=pid)

    def do_close(self) -> None:
        """End, also where somebody else holds the input open."""
        self.open = False

    def do_last(self, argv: list[str]) -> None:
        """Run a command when all children are gone, whatever the end: it takes down what is elsewhere."""
        self.last.append(argv)

    def do_signal(self, pid: int, signal: int, group: bool = False, receipt: int | None = None) -> None:
        """Send a signal to a child that is still ours, or to all that descend from it."""
        if pid in self.children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                (fork_exec.tell_all if group else os.kill)(pid, signal)
        if receipt is not None:
            self.tell(event="signalled", receipt=receipt)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._gone(pid, os.waitstatus_to_exitcode(status))

    def _gone(self, pid: int, code: int) -> None:
        child = self.children.pop(pid, None)
        if child is None:
            return  # a grandchild that was left to us
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        log_limit.keep(child["log"])
        self.tell(event="ended", id=child["id"], pid=pid, code=code)

    def close(self) -> None:
        """Take all children down, theirs too, and remove the run folder."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for pid, child in self.children.items():
            fork_exec.end(pid, child["stop"])
        deadline = time.monotonic() + GRACE
        while self.children and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.005)
        for pid in [*self.children, *fork_exec.strays()]:
            fork_exec.end(pid, signal.SIGKILL)
        while self._wait_for_any():
            pass
        for argv in self.last:
            fork_exec.run(argv)
        run_folders.remove(self.folder)

    def _wait_for_any(self) -> bool:
        with contextlib.suppress(ChildProcessError):
            self._gone(os.waitpid(-1, 0)[0], 0)
            for pid in fork_exec.strays():
                fork_exec.end(pid, signal.SIGKILL)
            return True
        return False


def main() -> None:
    """Serve one client on standard input and output."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fork_exec.adopt()
    folder = Path(sys.argv[1])
    run_folders.make(folder)
    nursery = Spawner(folder)
    nursery.tell(event="ready", pid=os.getpid())
    try:
        nursery.serve()
    finally:
        nursery.close()


if __name__ == "__main__":
    main()
