"""The processes that descend from a command, and where they listen. psutil sees its own user's on Linux and macOS."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterator
from typing import Any

import psutil

Listener = tuple[str, int]  # address and port
SHELLS = ("sh", "bash", "dash", "zsh", "ksh")


def family(pid: int) -> list[psutil.Process]:
    """List a process and all that descend from it; those that have ended are left out."""
    with contextlib.suppress(psutil.Error):
        leader = psutil.Process(pid)
        return [one for one in (leader, *leader.children(recursive=True)) if _lives(one)]
    return []


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def is_shell(pid: int) -> bool:
    """Say whether a process is a shell, and no app has taken its place."""
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).name() in SHELLS
    return False


def listeners(pid: int) -> list[Listener]:
    """Return at which addresses a command's processes listen."""
    return sorted({found for process in family(pid) for found in _listens(process)})


def _listens(process: psutil.Process) -> Iterator[Listener]:
    with contextlib.suppress(psutil.Error):
        for socket in process.net_connections(kind="tcp"):
            if socket.status == psutil.CONN_LISTEN:
                yield socket.laddr.ip, socket.laddr.port


def serves(pid: int, port: int) -> bool:
    """Say whether a command's processes have taken a connection at a port."""
    return taken(pid, port) > 0


def taken(pid: int, port: int) -> int:
    """Count the connections at a port that a command's processes have taken; one that waits to be taken is nobody's."""
    sockets = (socket for process in family(pid) for socket in _established(process))
    return len({socket.raddr for socket in sockets if socket.laddr.port == port})


def _established(process: psutil.Process) -> Iterator[Any]:
    with contextlib.suppress(psutil.Error):
        yield from (one for one in process.net_connections(kind="tcp") if one.status == psutil.CONN_ESTABLISHED)


def is_loopback(address: str) -> bool:
    """Say whether only this machine reaches an address."""
    return ipaddress.ip_address(address).is_loopback


def said(listener: Listener) -> str:
    """Write an address as a person types it."""
    address, port = listener
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
