"""What a stack has in the engine, found by label: taken away at its end, and for those who could not do it themselves.

Run as ``python -m capsize.runtime.leftovers STACK`` by the nursery, whose input closes when the kit dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from docker.errors import APIError

import docker
from capsize.runtime.host.docker.engine import connect

STACK, MACHINE, PID, LOCK = "capsize.stack", "capsize.machine", "capsize.pid", "capsize.lock"
BOOT = Path("/proc/sys/kernel/random/boot_id")
REMOVED_WITHIN = 30.0  # seconds to take everything away


def labels(folder: Path) -> dict[str, str]:
    """Return what everything of a stack carries: which stack, which boot of which machine, whose, and its lock."""
    return {STACK: folder.name, MACHINE: machine(), PID: str(os.getpid()), LOCK: str(folder / "lock")}


def machine() -> str:
    """Name this machine since it was started."""
    boot = BOOT.read_text(encoding="utf-8") if BOOT.exists() else _asked("sysctl", "-n", "kern.bootsessionuuid")
    return f"{platform.node()} {boot.strip()}"


def _asked(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, encoding="utf-8").stdout


def find(client: docker.DockerClient, label: str) -> list[Any]:
    """List the containers, then the networks, that carry a label."""
    containers = client.containers.list(all=True, filters={"label": label}, ignore_removed=True)
    return [*containers, *client.networks.list(filters={"label": label})]


def remove(client: docker.DockerClient, stack: str) -> None:
    """Take away all that a stack has in the engine, whatever state it is in."""
    deadline = time.monotonic() + REMOVED_WITHIN
    with ThreadPoolExecutor(8) as threads:
        while (found := find(client, f"{STACK}={stack}")) and time.monotonic() < deadline:
            containers = [one for one in found if hasattr(one, "kill")]
            list(threads.map(_remove, containers or found))


def _remove(one: Any) -> None:
    options = {"force": True, "v": True} if hasattr(one, "kill") else {}
    with contextlib.suppress(APIError):  # somebody else is at it, or was
        one.remove(**options)


def sweep(client: docker.DockerClient) -> None:
    """Take away what stacks left whose owner on this machine is gone."""
    owners = {one.attrs["Labels"][STACK]: one.attrs["Labels"] for one in _all(client)}
    for stack, said in owners.items():
        if _is_dead(said):
            remove(client, stack)


def _all(client: docker.DockerClient) -> list[Any]:
    networks = client.networks.list(filters={"label": STACK})
    return [*client.containers.list(all=True, filters={"label": STACK}, sparse=True, ignore_removed=True), *networks]


def _is_dead(said: Mapping[str, str]) -> bool:
    """Say whether nobody of this machine holds the stack's lock; another machine's stacks are none of our business."""
    name, _, boot = said.get(MACHINE, "").partition(" ")
    here, _, now = machine().partition(" ")
    if name != here:
        return False
    return boot != now or not is_held(Path(said[LOCK]))


def is_held(lock: Path) -> bool:
    """Say whether a process holds a lock. A nursery does as long as it lives."""
    try:
        with lock.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


if __name__ == "__main__":
    with contextlib.closing(connect()) as client:
        remove(client, sys.argv[1])
