"""How a module reaches into another, as its source tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.module_boundaries import reaches

IN = {
    "private name imported": "from shop.payments import _insert as pay",
    "private name used": "from shop import payments\npayments._insert(1)",
    "private name in quotes": "import operator\noperator.attrgetter('_insert')",
    "getattr": "from shop import payments\ngetattr(payments, 'x')",
    "module by name": "import importlib",
    "modules by table": "from sys import modules",
    "star import": "from shop.payments import *",
    "insides": "from shop import payments\npayments.__dict__['x']",
    "select": "SQL = 'SELECT 1 FROM inventory.items'",
    "quoted": """SQL = 'SELECT 1 FROM "inventory" . "items"'""",
    "capitals": "SQL = 'UPDATE Inventory.Items SET on_hand = 0'",
    "join": "SQL = 'SELECT 1 FROM orders.orders o JOIN payments.charges c ON true'",
    "bare name": "SQL = 'INSERT INTO charges VALUES (1)'",
    "in two halves": "SQL = 'INSERT INTO pay' + 'ments.charges VALUES (1)'",
    "formatted": "WHERE = 'payments'\nSQL = f'INSERT INTO {WHERE}.charges VALUES (1)'",
    "formatted by somebody": "def insert(where):\n    return f'INSERT INTO {where}.charges VALUES (1)'",
    "percent": "SQL = 'INSERT INTO %s.%s VALUES (1)' % ('payments', 'charges')",
    "format": "SQL = 'INSERT INTO {}.charges'.format('payments')",
    "joined": "SQL = '.'.join(['SELECT 1 FROM payments', 'charges'])",
    "search path": "SQL = 'SET LOCAL search_path TO payments'",
}
OUT = {
    "public names": "from shop import payments\npayments.charge(1)",
    "public names imported": "from shop.payments import charge, charged",
    "own tables": "SQL = 'SELECT 1 FROM orders.orders JOIN orders.lines ON true'",
    "words": "WORDS = 'no items in the cart, and no charges'",
    "docstring": '"""Does not touch payments.charges, nor _insert."""',
    "own private names": "class Cart:\n    def pay(self):\n        return self._total",
    "text that grows": "x = 'a'\nx = x + 'b'",
}


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Where the module's source goes."""
    return tmp_path / "orders.py"


@pytest.mark.parametrize("source", IN.values(), ids=IN.keys())
def test_reach_is_found_on_its_line(orders, source):
    """Every way in is found, at the line where it is."""
    orders.write_text("import uuid\n" + source)
    assert {reach.line for reach in reaches(orders)} == {1 + len(source.splitlines())}


@pytest.mark.parametrize("source", OUT.values(), ids=OUT.keys())
def test_public_use_is_no_reach(orders, source):
    """What stays on its side of the seam is not held against it."""
    orders.write_text(source)
    assert reaches(orders) == []


def test_own_file_that_reaches_in_counts(orders):
    """A file of the same folder that a module imports is read too; another module of the shop is not."""
    orders.write_text("import inventory\nimport ledger")
    orders.with_name("inventory.py").write_text("SQL = 'SELECT 1 FROM inventory.items'")
    orders.with_name("ledger.py").write_text("import orders\n\nSQL = 'SELECT 1 FROM payments.charges'")
    assert [reach.place for reach in reaches(orders)] == ["ledger.py:3"]


def test_what_is_reached_comes_before_the_way_around(orders):
    """Of two findings in one line the first is the same on every run: what is reached, not by which call."""
    orders.write_text("from shop import payments\ngetattr(payments, '_insert')(1)")
    assert [reach.how.split(",")[0] for reach in reaches(orders)] == ["names '_insert'", "calls getattr"]
