"""Whose a statement is that a module asks of the database, by the stack that leads to it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shop.monolith.statement_authors import Author, Owners

FILES = {"/shop/payments.py": "payments", "/code/inventory.py": "inventory", "/code/orders.py": "orders"}


def written(file: str, source: str, **names: object) -> dict[str, object]:
    """Run source as if it stood in a file; return what it binds."""
    bound = dict(names)
    exec(compile(source, file, "exec"), bound)
    return bound


@pytest.fixture
def asked():
    """A database that notes whose each statement is."""
    owners, authors = Owners(FILES, "/code/"), []

    def ask() -> None:
        authors.append(owners.of(sys._getframe(1)))

    return ask, authors


def test_a_statement_belongs_to_the_module_whose_public_function_runs_it(asked):
    """Orders calls a public function of inventory, which may have private ones of its own."""
    ask, authors = asked
    inventory = written("/code/inventory.py", "def price(): _price()\ndef _price(): ask()", ask=ask)
    written("/code/orders.py", "def place(): price()\nplace()", price=inventory["price"])
    assert authors == [Author("inventory", "inventory.py:2")]


def test_a_private_function_asks_as_its_caller(asked):
    """What orders reaches by a name with an underscore is asked in the role of orders."""
    ask, authors = asked
    payments = written("/shop/payments.py", "def _insert(): ask()", ask=ask)
    written("/code/orders.py", "def place(): insert()\nplace()", insert=payments["_insert"])
    assert authors == [Author("orders", "orders.py:1")]


def test_a_file_beside_a_module_asks_as_its_caller(asked):
    """A file that is not a module's asks as the module that calls it, also where both modules call it."""
    ask, authors = asked
    run = written("/code/sql.py", "def run(): ask()", ask=ask)["run"]
    written("/code/orders.py", "run()", run=run)
    written("/code/inventory.py", "run()", run=run)
    assert authors == [Author("orders", "sql.py:1"), Author("inventory", "sql.py:1")]


def test_what_the_app_asks_itself_belongs_to_nobody(asked):
    """A statement that no module leads to is the app's."""
    ask, authors = asked
    written(str(Path(__file__)), "ask()", ask=ask)
    assert authors == [Author(None, "")]
