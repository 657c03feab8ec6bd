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

from capsize import files
from capsize.errors import CapsizeError
from capsize.session.owner import OwnersOnly
from capsize.stack.model import OUTSIDE

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

ACTS_WITHIN = 30.0  # seconds that an act may take; stopping an instance waits for its grace period
ANSWERS_WITHIN = 3.0  # seconds in which a stack says that it listens, and shows itself
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Remote:
    """A stack that some process of this user runs."""

    name: str
    pid: int
    socket: Path
    by: str = "code"  # who runs it: a notebook, a terminal, or other code
    file: Path = Path()  # what it was read from

    def ask(self, *, within: float = ACTS_WITHIN, **command: Any) -> Any:
        """Send a command and return its answer, within so many seconds.

        Raise CapsizeError with the other side's words, or if it is gone, or at once if it does not even listen.
        """
        try:
            if within > ANSWERS_WITHIN:
                self._exchange({"do": "listen"}, ANSWERS_WITHIN)
            answer = self._exchange(command, within)
        except (TimeoutError, BlockingIOError) as error:
            raise self._silence() from error
        except (OSError, ValueError) as error:
            raise CapsizeError(f"{self} is gone", next="capsize ps") from error
        if "error" in answer:
            raise CapsizeError(answer["error"], next="capsize ps")
        return answer["value"]

    def runs(self, file: Path) -> bool:
        """Say whether it was read from a file."""
        return self.file == file

    def _silence(self) -> CapsizeError:
        if self.is_suspended:
            goes_on = f"type fg in its terminal, or: kill -CONT {self.pid}"
            return CapsizeError(f"{self} does not answer: it is suspended (Ctrl-Z)", next=goes_on)
        return CapsizeError(f"{self} does not answer", next=f"wait until it does, or end it: kill {self.pid}")

    @property
    def is_suspended(self) -> bool:
        """Whether its process was stopped, by Ctrl-Z say."""
        import psutil

        with contextlib.suppress(psutil.Error):
            return psutil.Process(self.pid).status() == psutil.STATUS_STOPPED
        return False

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid}, {self.by})"

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


def door(addresses: Mapping[str, str], to: str | None = None) -> str:
    """Pick from ``urls`` where customers come in: ``to``, or the first service that speaks HTTP.

    Raise CapsizeError where there is none.
    """
    doors = {name: address for name, address in addresses.items() if address.startswith("http")}
    if to in doors or (doors and to is None):
        return doors[to] if to else next(iter(doors.values()))
    what = f"{to} is not published, or does not speak HTTP" if to else "no service of this stack is published with HTTP"
    known = ", ".join(doors) or 'ports: ["8000"] of a service of your own'
    raise CapsizeError(what, expected=known, next=f"add --to {next(iter(doors))}" if doors else None)


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
    known = {"name": stack.name, "pid": os.getpid(), "socket": str(path), "by": _by(), "file": str(stack.model.file)}
    files.replace(entry, json.dumps(known))
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


def snapshots() -> Iterator[tuple[Remote, dict[str, Any] | CapsizeError]]:
    """Ask every stack for its state, all at once, the oldest first; of one that does not answer, say why.

    One that goes down meanwhile is left out.
    """
    stacks = running()
    if not stacks:
        return
    with ThreadPoolExecutor(len(stacks)) as threads:
        answers = list(threads.map(_snapshot, stacks))
    present = running()
    yield from (pair for pair in zip(stacks, answers, strict=True) if isinstance(pair[1], dict) or pair[0] in present)


def _snapshot(stack: Remote) -> dict[str, Any] | CapsizeError:
    try:
        return cast(dict[str, Any], stack.ask(do="snapshot", within=ANSWERS_WITHIN))
    except CapsizeError as error:
        return error


def choose(which: str | None = None) -> Remote:
    """Return the one stack that runs, or the one that ``which`` (a slug, a number, a path, a pid) names."""
    stacks = running()
    asked = which and str(Path(which).expanduser().absolute())
    named = [stack for stack in stacks if which is None or which in _names(stack) or asked in _paths(stack)]
    if len(named) == 1:
        return named[0]
    listed = ", ".join(map(str, stacks))
    if not stacks:
        raise CapsizeError("no stack is up", next="capsize up 01, or one of your own: capsize up PATH")
    if not named:
        raise CapsizeError(f"no stack {which} is up", expected=listed, next="capsize ps")
    raise CapsizeError("more than one stack is up", expected=listed, next=f"add --stack {named[-1].pid}")


def _paths(stack: Remote) -> tuple[str, str]:
    return str(stack.file), str(stack.file.parent)


def _names(stack: Remote) -> Iterator[str]:
    number, _, name = stack.name.partition("_")
    yield from (stack.name, number, number.lstrip("0"), name, str(stack.pid))


def _age(entry: Path) -> float:
    with contextlib.suppress(OSError):
        return entry.stat().st_mtime
    return 0.0


def _read(entry: Path) -> Remote | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        words = json.loads(entry.read_text(encoding="utf-8"))
        return Remote(words["name"], int(words["pid"]), Path(words["socket"]), words["by"], Path(words["file"]))
    return None


def _is_alive(remote: Remote) -> bool:
    """A socket that takes a connection has a process behind it, whatever became of its pid."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(1)
        try:
            wire.connect(str(remote.socket))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # a suspended process takes some connections, and then no more
            return True
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
    request_queue_size = 64

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
        case {"do": "listen"}:
            return None
        case {"do": "snapshot"}:
            return stack.snapshot()
        case {"do": "urls"}:
            return urls(stack)
        case {"do": "marks", **rest}:
            return stack.marks(cast("str | None", rest.get("to")))
        case {"do": "logs", "who": who, "lines": int(lines), **rest}:
            return stack.logs(who, lines, cast("float | None", rest.get("at")))
        case {"do": str()}:
            stack.act(command)
        case _:
            raise CapsizeError('a command must be a JSON object with a "do" key', got=repr(command))
    return None
