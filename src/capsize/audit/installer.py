"""Fresh environments, with what an app declares and nothing else in them.

The machine's own configuration of uv, pip and npm counts. What uv has in its cache needs no network.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import anyio

from capsize.audit.dependency_list import DependencyList
from capsize.audit.hindrance import Hindrance
from capsize.runtime.backing.commands import Finished
from capsize.runtime.host.processes.client import SpawnerClient

INSTALLS_WITHIN = 180.0  # seconds


async def install(home: SpawnerClient, listed: DependencyList, release: Path, target: Path, python: Path) -> Path:
    """Make an environment at ``target`` and return the folder of its programs. Raise Hindrance where it cannot be."""
    if listed.language == "node":
        return await _install_node(home, listed, release)
    uv = find_uv()
    if uv:
        await _ran(home, release, uv, "venv", "--quiet", "--python", str(python), str(target))
    else:
        await _ran(home, release, str(python), "-m", "venv", str(target))
    if listed.requirements:
        await _install_python(home, uv, listed, release, target)
    return target / "bin"


def find_uv() -> str | None:
    """Return uv: the one beside this Python, or the one on the path."""
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.is_file() else shutil.which("uv")


async def _install_python(
    home: SpawnerClient, uv: str | None, listed: DependencyList, release: Path, target: Path
) -> None:
    python = str(target / "bin" / "python")
    if not uv:
        await _ran(home, release, python, "-m", "pip", "install", "--quiet", *listed.requirements)
        return
    words = (uv, "pip", "install", "--quiet", "--python", python)
    if (await _run(home, release, *words, "--offline", *listed.requirements)).code != 0:
        await _ran(home, release, *words, *listed.requirements)


async def _install_node(home: SpawnerClient, listed: DependencyList, release: Path) -> Path:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node:
        raise Hindrance("Node is not installed on this machine")
    if listed.requirements and not npm:
        raise Hindrance("npm is not installed on this machine")
    if listed.requirements:
        await _ran(home, release, str(npm), "install", "--prefer-offline", "--no-audit", "--no-fund", "--omit=dev")
    return Path(node).parent


async def _ran(home: SpawnerClient, cwd: Path, *argv: str) -> None:
    done = await _run(home, cwd, *argv)
    if done.code != 0:
        words = done.output.strip().splitlines()
        raise Hindrance(f"{Path(argv[0]).name} could not install here what is declared", words[-5:])


async def _run(home: SpawnerClient, cwd: Path, *argv: str) -> Finished:
    with anyio.move_on_after(INSTALLS_WITHIN):
        return await home.run(argv, cwd=cwd, env={**os.environ, "VIRTUAL_ENV": ""})
    return Finished(-1, f"no end after {INSTALLS_WITHIN:.0f} s")
