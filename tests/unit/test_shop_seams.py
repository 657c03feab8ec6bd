"""How a module reaches into another, as its source tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.module_boundaries import reaches

IN = {
    "private name imported": "from shop.payments import _insert as pay",
    "private name used": "from shop import payments\npayments._insert(1)",
    "private name used by another name": "import shop.payments as till\ntill._insert(1)",
    "private name used in full": "import shop.payments\nshop.payments._insert(1)",
    "getattr": "from shop import payments\ngetattr(payments, 'charge')",
    "module by name": "import importlib",
    "function that finds modules": "from importlib import import_module",
    "modules by table": "from sys import modules",
    "modules by table, in full": "import sys\nsys.modules['shop.payments']",
    "star import": "from shop.payments import *",
    "insides": "from shop import payments\npayments.__dict__['x']",
}
OUT = {
    "public names": "from shop import payments\npayments.charge(1)",
    "public names imported": "from shop.payments import charge, charged",
    "a tuple with names": "from collections import namedtuple\nnamedtuple('Cart', 'a')(1)._asdict()",
    "words": "LOG = 'took items from items in stock'",
    "docstring": '"""Does not touch payments.charges, nor _insert."""',
    "own private names": "class Cart:\n    def pay(self):\n        return self._total",
    "something else by name": "import sys\ngetattr(sys.stderr, 'write')",
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
    orders.with_name("inventory.py").write_text("from shop.payments import _insert")
    orders.with_name("ledger.py").write_text("import orders\n\nfrom shop.payments import _insert")
    assert [reach.place for reach in reaches(orders)] == ["ledger.py:3"]
