"""A container as a child of a stack: its words go to a log, its end is heard, and signals reach all that runs in it."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from docker.errors import APIError
from docker.utils.socket import frames_iter

from capsize.errors import CapsizeError
from capsize.runtime.child import Child
from capsize.runtime.environment import CODE
from capsize.runtime.host.docker.site import Site

HIGHEST = 128  # an exit code above it means a signal


class Container(Child):
    """One run of a container, from its start to its end."""

    def __init__(self, site: Site, container: Any) -> None:
        super().__init__(container.attrs["Config"].get("StopSignal") or "SIGTERM")
        self.site, self.container = site, container

    async def start(self, log: Path, code: Path | None = None) -> Container:
        """Start it. Its words go to ``log``, where files in /code get the names that they have in ``code``."""
        api = self.site.engine.client.api
        words = {"stdout": 1, "stderr": 1, "stream": 1}
        wire = await self.site.engine.do(api.attach_socket, self.container.id, words)
        try:
            await self.site.engine.do(self.container.start)
            await self.site.engine.do(self.container.reload)
        except BaseException:
            hang_up(wire)
            raise
        self.pid = self.container.attrs["State"]["Pid"] or None
        self.site.tasks.start_soon(self._follow, ContainerLog(wire, log, code))
        return self

    async def _follow(self, words: ContainerLog) -> None:
        """Hear it until it ends."""
        said = await anyio.to_thread.run_sync(self._hear, words, abandon_on_cancel=True, limiter=self.site.unlimited)
        code = exit_code(said["StatusCode"])
        if code == -signal.SIGKILL:
            self.why = await self._why_killed()
        self.code = code
        self.ended.set()

    async def _why_killed(self) -> str:
        with contextlib.suppress(CapsizeError):
            await self.site.engine.do(self.container.reload)
            return "OOMKilled: it wanted more memory than its limit" if self._is_too_big() else ""
        return ""

    def _is_too_big(self) -> bool:
        return bool(self.container.attrs["State"]["OOMKilled"])

    def _hear(self, words: ContainerLog) -> dict[str, Any]:
        words.write()
        said: dict[str, Any] = self.container.wait()
        return said

    def signal(self, number: int, *, group: bool = False) -> None:
        """Send a signal; SIGKILL reaches all that runs in it."""
        self.site.tasks.start_soon(self.hit, number)

    async def hit(self, number: int) -> None:
        """Send a signal and wait until it is delivered. SIGSTOP and SIGCONT freeze and thaw all that runs in it."""
        if self.code is not None:
            return
        acts = {signal.SIGSTOP: self.container.pause, signal.SIGCONT: self.container.unpause}
        act = acts.get(signal.Signals(number))
        with contextlib.suppress(CapsizeError):  # it has ended meanwhile, or was not frozen
            await (self.site.engine.do(act) if act else self.site.engine.do(self.container.kill, int(number)))


class ContainerLog:
    """What a container writes, on its way from the engine's connection into a file."""

    def __init__(self, wire: Any, log: Path, code: Path | None) -> None:
        self.wire, self.log = wire, log
        self.inside, self.outside = f'"{CODE}/'.encode(), f'"{code or CODE}/'.encode()

    def write(self) -> None:
        """Write until the connection ends. Blocks."""
        with contextlib.ExitStack() as undo:
            undo.callback(hang_up, self.wire)
            log = undo.enter_context(self.log.open("ab", buffering=0))
            rest = b""
            with contextlib.suppress(OSError, ValueError):
                for _, data in frames_iter(self.wire, tty=False):  # type: ignore[no-untyped-call]
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        log.write(self._translated(line) + b"\n")
            log.write(self._translated(rest))

    def _translated(self, line: bytes) -> bytes:
        return line.replace(self.inside, self.outside)


def hang_up(wire: Any) -> None:
    """Close a connection that the SDK has taken out of its response, and the response with it."""
    response = getattr(wire, "_response", None)
    if response is None:
        wire.close()
        return
    connection = response.raw._connection
    response.close()
    if connection is not None:
        connection.close()


class Command(Child):
    """A command that runs beside a container, in it."""

    def __init__(self, site: Site, container: Any) -> None:
        super().__init__()
        self.site, self.container = site, container

    def start(self, argv: tuple[str, ...], log: Path, seconds: float) -> Command:
        """Start it; it is killed when its seconds are over."""
        limited = ("timeout", "-s", "KILL", f"{seconds:g}", *argv)
        self.site.tasks.start_soon(self._run, limited, log)
        return self

    async def _run(self, argv: tuple[str, ...], log: Path) -> None:
        try:
            self.code, words = await anyio.to_thread.run_sync(self._ask, argv, abandon_on_cancel=True)
            log.write_bytes(words)
        except APIError as refusal:
            self.code = 1
            log.write_text(refusal.explanation or str(refusal), encoding="utf-8")
        self.ended.set()

    def _ask(self, argv: tuple[str, ...]) -> tuple[int, bytes]:
        api = self.container.client.api
        number = api.exec_create(self.container.id, list(argv))["Id"]
        words = api.exec_start(number)
        return api.exec_inspect(number)["ExitCode"], words

    def signal(self, number: int, *, group: bool = False) -> None:
        """Do nothing: its own time limit ends it."""

    async def hit(self, number: int) -> None:
        """Do nothing: its own time limit ends it."""


def exit_code(status: int) -> int:
    """Tell the end by a signal as a process's is told."""
    number = status - HIGHEST
    return -number if number in set(signal.Signals) else status
