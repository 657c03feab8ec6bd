"""What this machine brings along: Python, the system, memory, disk, ports; Docker and a browser, which may be missing.

Each function takes what it judges as arguments, with this machine's as defaults.
"""

from __future__ import annotations

import contextlib
import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from capsize.doctor.row import Row
from capsize.errors import CapsizeError
from capsize.runtime.backing import template
from capsize.runtime.host.docker import engine
from capsize.runtime.host.processes import descriptors

OLDEST_PYTHON, OLDEST_GLIBC, OLDEST_MACOS = (3, 11), (2, 31), (15,)
MACHINES = {"Linux": ("x86_64", "aarch64"), "Darwin": ("arm64",)}
NEEDED_GB = 2.0
PORTS = 40  # what a large stack asks for
DOCKER_PATIENCE = 2  # seconds
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
BROWSER_FILES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
)


def python(found: tuple[int, ...] = sys.version_info[:3]) -> Row:
    """Judge the interpreter that runs this."""
    oldest = ".".join(map(str, OLDEST_PYTHON))
    step = f"rm -rf .venv, then: make lab, with Python {oldest} or newer first on your PATH"
    return _row("Python", found >= OLDEST_PYTHON, ".".join(map(str, found)), step)


def system(
    name: str = platform.system(),
    machine: str = platform.machine(),
    libc: tuple[str, str] = platform.libc_ver(),
    macos: str = platform.mac_ver()[0],
) -> Row:
    """Judge the operating system by what the parts' wheels ask for: glibc 2.31, or macOS 15 on Apple silicon."""
    library, number = libc if name == "Linux" else ("macOS", macos)
    oldest = OLDEST_GLIBC if library == "glibc" else OLDEST_MACOS if library == "macOS" else (float("inf"),)
    ok = machine in MACHINES.get(name, ()) and _numbers(number) >= oldest
    found = " ".join(word for word in (name, machine, library or "without glibc", number) if word)
    return _row("system", ok, found, "open this folder in a dev container (or, on Windows, in WSL2), then: make lab")


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(".") if part.isdigit())


def memory(available: float | None = None) -> Row:
    """Judge the memory that programs could still have, in bytes."""
    found = psutil.virtual_memory().available if available is None else available
    return _row("memory", _gb(found) >= NEEDED_GB, f"{_gb(found):.1f} GB available", "close a few programs")


def disk(what: str, folder: Path, free: float | None = None) -> Row:
    """Judge the room that is left where ``folder`` is, in bytes."""
    try:
        found = shutil.disk_usage(folder).free if free is None else free
    except OSError as error:
        return _row(f"disk, {what}", False, f"{folder}: {error.strerror}", f"mkdir -p {folder}")
    words = f"{_gb(found):.1f} GB free at {folder}"
    return _row(f"disk, {what}", _gb(found) >= NEEDED_GB, words, f"make room: du -xh {folder} | sort -h | tail")


def _gb(size: float) -> float:
    return size / 2**30


def ports(count: int = PORTS) -> Row:
    """Ask for as many ports of 127.0.0.1 as a large stack does, and call one of them."""
    with contextlib.ExitStack() as open_ones:
        try:
            listeners = [open_ones.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
            open_ones.enter_context(socket.create_connection(listeners[0].getsockname(), timeout=1))
        except OSError as error:
            step = "allow programs to listen on and to call 127.0.0.1 (a firewall or a sandbox forbids it)"
            return _row("ports", False, f"127.0.0.1: {error.strerror or error}", step)
    return _row("ports", True, f"{count} free ports on 127.0.0.1")


def open_files(allowed: int | None = None) -> Row:
    """Judge how many files a program may have open, after asking for as many as the system grants."""
    found = descriptors.raise_limit() if allowed is None else allowed
    step = f"open a new terminal, and there: {descriptors.ENOUGH}"
    return _row("open files", found >= descriptors.NEEDED, f"{found} for each program", step)


def cache(folder: Path | None = None) -> Row:
    """Say where what is kept from one run to the next is, and how to be rid of it."""
    where = template.cache() if folder is None else folder
    size = sum(file.lstat().st_size for file in where.rglob("*") if file.is_file()) if where.exists() else 0
    found = f"{size / 2**20:.0f} MB in {where}, which may be removed at any time: rm -r {where}"
    return _row("cache", True, found, required=False)


def docker(host: str | None = None) -> Row:
    """Ask the Docker engine whether it is there. Blocks for two seconds at most if it is not."""
    try:
        with contextlib.closing(engine.connect(DOCKER_PATIENCE, host)) as client:
            version = client.version()["Version"]
    except CapsizeError as error:
        forbidden = isinstance(error.__cause__, PermissionError)
        found = "no permission to use the Docker engine" if forbidden else "no engine answers"
        step = f"nothing: the labs need no Docker. To use one: {engine.JOIN if forbidden else engine.START}"
        return _row("Docker", False, found, step, required=False)
    return _row("Docker", True, f"engine {version}", required=False)


def browser(which: Callable[[str], str | None] = shutil.which, files: Iterable[str] = BROWSER_FILES) -> Row:
    """Look for a Chromium, which tests drive; a learner's own browser may be any."""
    found = next((path for name in BROWSERS if (path := which(name))), None)
    found = found or next((file for file in files if Path(file).is_file()), None)
    step = "nothing, unless you run the browser tests: then install Chromium or Google Chrome"
    return _row("browser", found is not None, found or "no Chromium found", step, required=False)


def _row(name: str, ok: bool, found: str, step: str = "", *, required: bool = True) -> Row:
    return Row(name, ok, required, found, "" if ok else step)
