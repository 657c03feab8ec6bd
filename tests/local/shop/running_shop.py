"""How the shop's tests start the monolith, reach its database, and run Python beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack import compose

ROOT = Path(__file__).parents[3]
SLUG = "01_monolith"


def start(code: Path) -> RunningStack:
    """Start lab 01's stack with the modules in ``code``."""
    variables = {"CODE": str(code), "DB_PASSWORD": "of-a-test"}
    return running.start(compose.read(ROOT / "docker" / SLUG / "compose.yaml", variables))


def dsn(stack: RunningStack, name: str = "shop") -> str:
    """Say where a database of the stack is."""
    return f"postgresql://shop:of-a-test@{stack.url('db')}/{name}"


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Open a connection for a moment."""
    db = await asyncpg.connect(dsn)
    try:
        yield db
    finally:
        await db.close()


def python(*words: str, cwd: Path, **env: str) -> subprocess.Popen[str]:
    """Start ``python WORDS`` with its output to be read, and this environment beside the usual one."""
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
