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
import fork_exec  # type: ignore[import-not-found]  # siblings, by the path above
import log_limit  # type: ignore[import-not-found]
import python_command  # type: ignore[import-not-found]
import run_folders  # type: ignore[import-not-found]
import zygote  # type: ignore[import-not-found]

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
MARGIN = 1.0  # seconds more for a zygote, which gives its own children their grace
GRACE = 1.0  # seconds that children have to end on their own signal once the input has closed


class Spawner:
    """The children by the number that the client gave them, and the loop that serves the client.

    A zygote is a spawner without a folder, and its client is a spawner.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.children: dict[int, dict[str, Any]] = {}
        self.zygotes: dict[int, Any] = {}  # by their seeds, of which ours is 0
        self.seeds = zygote.Seeds()
        self.warmth: dict[str, Any] = {}
        self.selector = selectors.DefaultSelector()
        self.last: list[list[str]] = []
        self.open, self.owner = True, os.getppid()
        self.input = b""

    def serve(self) -> None:
        """Serve until the input closes or SIGTERM comes."""
        wake = self._listen_for_signals()
        self.selector.register(0, selectors.EVENT_READ, self._read)
        self.selector.register(wake, selectors.EVENT_READ, lambda: self._drain(wake))
        while self.open:
            for key, _ in self.selector.select(TICK):
                key.data()
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

    def do_warm(self, path: list[str], also: list[str], seeds: int = 1) -> None:
        """Import what services need, and what a stack's own need beside that, once, so that each fork has it.

        ``seeds`` is how many interpreters are to do so, each with a hash seed of its own.
        """
        self.warmth = {"path": path, "also": also}
        for seed in range(1, min(seeds, zygote.MOST)):
            self._zygote(seed)
        for one in self.zygotes.values():
            one.send(do="warm", **self.warmth)
        sys.path[:] = path
        sys.dont_write_bytecode = False  # of packages, which are the same for all
        for name in [*WARM, *also]:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        sys.dont_write_bytecode = True
        gc.collect()
        gc.freeze()
        self.tell(event="warm")

    def _zygote(self, seed: int) -> Any:
        if seed not in self.zygotes:
            self.zygotes[seed] = one = zygote.Zygote(__file__, str(self.folder))
            self.selector.register(one.reader, selectors.EVENT_READ, lambda: self._hear(seed))
        return self.zygotes[seed]

    def _hear(self, seed: int) -> None:
        """Tell on what a zygote tells; one that was killed is started again when it is needed."""
        one = self.zygotes[seed]
        for event in one.hear():
            if event["event"] in ("ended", "failed"):
                self.seeds.forget(event["id"])
            if event["event"] != "warm":
                self.tell(**event)
        if one.is_gone:
            self.selector.unregister(one.reader)
            self.zygotes.pop(seed).close()

    def do_spawn(self, id: int, copy_of: str = "", **birth: Any) -> None:  # noqa: A002 - the protocol's word
        """Start a child: a Python command by fork where a fork is true to it, any other by exec.

        Copies of one service are forked from interpreters with different hash seeds.
        """
        if birth["path"] is None or not self.folder:
            self._give(id, **birth)
            return
        can_fork = python_command.forkable(birth["argv"], birth["env"], birth["cwd"])
        warm = {0, *(seed for seed, one in self.zygotes.items() if one.is_warm)}
        seed = self.seeds.choose(id, copy_of, warm) if can_fork and copy_of else 0
        if not can_fork or seed is None:
            self._give(id, **{**birth, "argv": [sys.executable, *birth["argv"][1:]], "path": None})
        elif seed == 0:
            self._give(id, **birth)
        else:
            self._fork_elsewhere(seed, id, birth)

    def _fork_elsewhere(self, seed: int, number: int, birth: dict[str, Any]) -> None:
        is_new = seed not in self.zygotes
        one = self._zygote(seed)
        if is_new:
            one.send(do="warm", **(self.warmth or {"path": birth["path"], "also": []}))
        one.spawn(number, birth)

    def _give(self, id: int, stop: str = "SIGKILL", **birth: Any) -> None:  # noqa: A002 - the protocol's word
        try:
            pid = fork_exec.give(birth)
        except OSError as error:
            self.seeds.forget(id)
            self.tell(event="failed", id=id, why=str(error))
            return
        self.children[pid] = {"id": id, "stop": getattr(signal, stop), "log": birth["log"]}
        self.tell(event="started", id=id, pid=pid, dumps=birth["path"] is not None)

    def do_close(self) -> None:
        """End, also where somebody else holds the input open."""
        self.open = False

    def do_last(self, argv: list[str]) -> None:
        """Run a command when all children are gone, whatever the end: it takes down what is elsewhere."""
        self.last.append(argv)

    def do_signal(self, pid: int, signal: int, group: bool = False, receipt: int | None = None) -> None:
        """Send a signal to a child that is still ours, or to all that descend from it."""
        if other := next((one for one in self.zygotes.values() if pid in one.children.values()), None):
            other.send(do="signal", pid=pid, signal=signal, group=group, receipt=receipt)
            return
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
        if not self.open:
            self.zygotes = {seed: one for seed, one in self.zygotes.items() if one.pid != pid}
        child = self.children.pop(pid, None)
        if child is None:
            return  # a grandchild that was left to us
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        log_limit.keep(child["log"])
        self.seeds.forget(child["id"])
        self.tell(event="ended", id=child["id"], pid=pid, code=code)

    def close(self) -> None:
        """Take all children down, theirs too, and remove the run folder."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for one in self.zygotes.values():
            one.close()
        for pid, child in self.children.items():
            fork_exec.end(pid, child["stop"])
        deadline = time.monotonic() + GRACE + (MARGIN if self.zygotes else 0)
        while (self.children or self.zygotes) and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.005)
        for pid in [*self.children, *fork_exec.strays()]:
            fork_exec.end(pid, signal.SIGKILL)
        while self._wait_for_any():
            pass
        for argv in self.last:
            fork_exec.run(argv)
        if self.folder:
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
    nursery = Spawner(None if sys.argv[2:] == [zygote.FLAG] else Path(sys.argv[1]))
    if nursery.folder:
        run_folders.make(nursery.folder)
        nursery.tell(event="ready", pid=os.getpid())
    try:
        nursery.serve()
    finally:
        nursery.close()


if __name__ == "__main__":
    main()
