"""What the front door makes of a learner's modules: unfinished paths, refusals, and nothing in between."""

from __future__ import annotations

import importlib
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.anyio
OWN = ("inventory", "orders", "reports", "shop.monolith")
MODULES = {
    "inventory": "from shop.refusals import NotFound\n\nasync def listing(db):\n    raise NotFound('nothing here')\n",
    "orders": "",
    "reports": "async def sales(db):\n    raise NotImplementedError('1.2')\n",
}


class NoPool:
    """A pool for paths that need no database."""

    @asynccontextmanager
    async def acquire(self):
        """Lend nothing."""
        yield None


@pytest.fixture
async def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A client of the shop with a learner's modules of our own."""
    for name, source in MODULES.items():
        (tmp_path / f"{name}.py").write_text(source)
    for name in OWN:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    app = importlib.import_module("shop.monolith.app").app
    app.state.pool = NoPool()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        yield client
    for name in OWN:
        sys.modules.pop(name, None)


async def test_unfinished_path_names_its_exercise(door):
    """NotImplementedError becomes a 501 that says whose turn it is."""
    answer = await door.get("/reports/sales")
    assert (answer.status_code, answer.json()) == (501, {"error": "exercise 1.2 is yours to write"})


async def test_refusal_becomes_an_answer(door):
    """A refusal keeps its status and its words."""
    answer = await door.get("/items")
    assert (answer.status_code, answer.json()) == (404, {"error": "nothing here"})


@pytest.mark.parametrize("path", ["/healthz", "/ready"])
async def test_probe_needs_no_database(door, path):
    """Probes are answered without a connection, so that a crowd cannot make the shop look dead."""
    assert (await door.get(path)).status_code == 200
