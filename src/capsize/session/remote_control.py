"""A stack that one process runs, for another terminal to see and to break.

The process offers it on a Unix socket that only its user may open: one JSON line asks, one answers. A small file in the
user's cache folder says where the socket is; a file whose socket is dead is swept by whoever looks next.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import socketserver
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from capsize.errors import CapsizeError
from capsize.session.owner import OwnersOnly
from capsize.stack.model import OUTSIDE

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

PATIENCE = 30.0  # seconds that an answer may take; stopping an instance waits for its grace period
GLANCE = 2.0  # seconds that a stack has to say how it is
NO_ANSWER = "no answer"  # the state of a stack that has not said it
STOPPED = "if you stopped it with Ctrl-Z, type fg in its terminal"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Remote:
    """A stack that some process of this user runs."""

    name: str
    pid: int
    socket: Path
    by: str = "code"  # who runs it: a notebook, a terminal, or other code

    def ask(self, *, within: float = PATIENCE, **command: Any) -> Any:
        """Send a command and return its answer. Raises CapsizeError with the other side's words, or if it is gone."""
        try:
            answer = self._exchange(command, within)
        except (TimeoutError, BlockingIOError) as error:  # the latter where others wait for it already
            raise CapsizeError(f"{self} does not answer", got=f"nothing for {within:.0f} s", next=STOPPED) from error
        except (OSError, ValueError) as error:
            raise CapsizeError(f"{self} is gone", next="capsize ps") from error
        if "error" in answer:
            raise CapsizeError(answer["error"], next="capsize ps")
        return answer["value"]

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid}, {self.by})"

    def snapshot(self) -> dict[str, Any] | None:
        """Return its state; ``NO_ANSWER`` for one that does not say it at once, None for one that is gone."""
        try:
            return cast(dict[str, Any], self.ask(within=GLANCE, do="snapshot"))
        except CapsizeError as error:
            if isinstance(error.__cause__, TimeoutError | BlockingIOError):
                return {"stack": self.name, "state": NO_ANSWER, "why": f"{error.got}; {error.next}"}
            if self in running():
                raise
            return None

    def _exchange(self, command: Mapping[str, Any], within: float) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(within)
            wire.connect(str(self.socket))
            wire.sendall(json.dumps(command).encode() + b"\n")
            return cast(dict[str, Any], json.loads(wire.makefile().readline()))


class Offer:
    """A stack on offer, until closed or until its process ends."""

    def __init__(self, stack: RunningStack, server: socketserver.BaseServer, entry: Path) -> None:
        self.server, self.entry = server, entry
        threading.Thread(target=server.serve_forever, args=(0.05,), name="capsize-control", daemon=True).start()
        self.close = weakref.finalize(stack, OwnersOnly(self._close))
        """Stop answering; the registry's file and the socket are gone afterwards. Happens by itself with the stack."""

    def _close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        _sweep(self.entry)


def urls(stack: RunningStack) -> dict[str, str]:
    """Say where the outside reaches each published service, and each balancer."""
    return {edge.door: stack.url(edge.door) for edge in stack.model.edges if edge.caller == OUTSIDE}


def door(addresses: Mapping[str, str]) -> str:
    """Pick from ``urls`` where customers come in: the first service that speaks HTTP. A database is no such door."""
    return next(address for address in addresses.values() if address.startswith("http"))


def registry() -> Path:
    """Return the folder that names the stacks of this user; CAPSIZE_REGISTRY moves it."""
    named = os.environ.get("CAPSIZE_REGISTRY")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("capsize")) / "running"


def offer(stack: RunningStack) -> Offer:
    """Let other terminals of this user see the stack. The socket is in the stack's own folder and goes with it."""
    number = next(_numbers)
    path = stack.folder / "control.sock"
    server = _Server(str(path), stack)
    path.chmod(0o600)
    registry().mkdir(parents=True, exist_ok=True, mode=0o700)
    entry = registry() / f"{os.getpid()}-{number}.json"
    half = entry.with_suffix(".half")
    half.write_text(json.dumps({"name": stack.name, "pid": os.getpid(), "socket": str(path), "by": _by()}))
    half.replace(entry)
    return Offer(stack, server, entry)


def _by() -> str:
    if "ipykernel" in sys.modules:
        return "notebook"
    return "terminal" if "capsize.cli" in sys.modules else "code"


def running() -> tuple[Remote, ...]:
    """List the stacks that this user runs, the oldest first. Sweeps what dead processes left."""
    found = [(entry, _read(entry)) for entry in sorted(registry().glob("*.json"), key=_age)]
    for entry, remote in found:
        if remote is None or not _is_alive(remote):
            _sweep(entry)
    return tuple(remote for entry, remote in found if remote and entry.exists())


def snapshots() -> list[tuple[Remote, dict[str, Any]]]:
    """Ask every stack for its state, all at once; the oldest first. One that goes down meanwhile is left out."""
    stacks = running()
    with ThreadPoolExecutor(max(1, len(stacks))) as asking:
        answers = asking.map(Remote.snapshot, stacks)
        return [(stack, words) for stack, words in zip(stacks, answers, strict=True) if words is not None]


def choose(which: str | None = None) -> Remote:
    """Return the one stack that runs, or the one that ``which`` (a slug, a number, a pid) names."""
    stacks = running()
    named = [stack for stack in stacks if which is None or which in _names(stack)]
    if len(named) == 1:
        return named[0]
    listed = ", ".join(map(str, stacks))
    if not stacks:
        raise CapsizeError("no stack is up", next="capsize up 01")
    if not named:
        raise CapsizeError(f"no stack {which} is up", expected=listed, next="capsize ps")
    raise CapsizeError("more than one stack is up", expected=listed, next=f"add --stack {named[-1].pid}")


def _names(stack: Remote) -> Iterator[str]:
    number, _, name = stack.name.partition("_")
    yield from (stack.name, number, number.lstrip("0"), name, str(stack.pid))


def _age(entry: Path) -> float:
    with contextlib.suppress(OSError):
        return entry.stat().st_mtime
    return 0.0


def _read(entry: Path) -> Remote | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        words = json.loads(entry.read_text())
        return Remote(words["name"], int(words["pid"]), Path(words["socket"]), str(words.get("by", "code")))
    return None


def _is_alive(remote: Remote) -> bool:
    """A socket that takes a connection has a process behind it, whatever became of its pid."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(1)
        try:
            wire.connect(str(remote.socket))
        except (TimeoutError, BlockingIOError):
            return True  # it is too busy, or stopped: others wait for it already
        except OSError:
            return False
    return True


def _sweep(entry: Path) -> None:
    remote = _read(entry)
    with contextlib.suppress(OSError):
        entry.unlink()
    if remote and remote.socket.name == "control.sock" and remote.socket.is_socket():
        with contextlib.suppress(OSError):
            remote.socket.unlink()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, stack: RunningStack) -> None:
        self.stack = weakref.ref(stack)  # an offer keeps no stack alive
        super().__init__(path, _Line)


class _Line(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        line = self.rfile.readline()
        if line:
            answer = _answer(cast(_Server, self.server).stack(), line)
            with contextlib.suppress(OSError):
                self.wfile.write(json.dumps(answer).encode() + b"\n")


def _answer(stack: RunningStack | None, line: bytes) -> dict[str, Any]:
    if stack is None:
        return {"error": "the stack is down"}
    try:
        return {"value": _act(stack, json.loads(line))}
    except Exception as error:  # whatever it is, the one who asked must hear of it
        return {"error": str(error) or type(error).__name__}


def _act(stack: RunningStack, command: Any) -> Any:
    match command:
        case {"do": "snapshot"}:
            return stack.snapshot()
        case {"do": "urls"}:
            return urls(stack)
        case {"do": "marks"}:
            return stack.marks()
        case {"do": "logs", "who": who, "lines": int(lines)}:
            return stack.logs(who, lines)
        case {"do": str()}:
            stack.act(command)
        case _:
            raise CapsizeError("a command is an object that says what to do", got=repr(command))
    return None
