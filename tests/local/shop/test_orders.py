"""What a customer may rely on, asked of the running shop."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from running_shop import dsn

from shop.core.users import EMAILS
from workbench.audit import audit_at
from workbench.customers import acknowledged, tally

pytestmark = pytest.mark.anyio


async def test_order_is_read_back_as_it_was_acknowledged(customers):
    """What was answered to an order is what is read back later."""
    placed = await customers.order({"oakum": 3, "shackle": 1})
    assert (await customers.read(f"/orders/{placed.body['id']}")).body == placed.body


async def test_twins_under_one_key_are_one_order(customers, database):
    """Requests with the same key at the same moment get the same order, charged once."""
    twins = await asyncio.gather(*(customers.order({"oakum": 1}, key="twins") for _ in range(20)))
    (order,) = acknowledged(twins)
    assert await database.fetchval("SELECT count(*) FROM payments.charges WHERE order_id::text = $1", order) == 1


async def test_key_of_another_cart_is_refused(customers):
    """A key answers for one cart only."""
    await customers.order({"oakum": 1}, key="mine")
    assert (await customers.order({"oakum": 2}, key="mine")).kind == "422"


@pytest.mark.parametrize(("cart", "status"), [({"kraken": 1}, "404"), ({"oakum": 0}, "422"), ({}, "422")])
async def test_cart_that_cannot_be_is_refused(customers, cart, status):
    """What we do not sell, and what is no quantity, is no order."""
    assert (await customers.order(cart)).kind == status


async def test_order_of_somebody_else_is_not_there(customers, stack):
    """A customer reads no order but their own."""
    placed = await customers.order({"oakum": 1})
    async with httpx.AsyncClient(base_url=stack.url("shop")) as other:
        login = await other.post("/login", json={"email": EMAILS[1], "password": "ahoy"})
        headers = {"Authorization": f"Bearer {login.json()['token']}"}
        assert (await other.get(f"/orders/{placed.body['id']}", headers=headers)).status_code == 404


@pytest.mark.parametrize("who", [{"email": EMAILS[0], "password": "arr"}, {"email": "nobody@x", "password": "ahoy"}])
async def test_wrong_login_is_refused(stack, who):
    """A wrong password and a wrong name are answered alike."""
    async with httpx.AsyncClient(base_url=stack.url("shop")) as client:
        answer = await client.post("/login", json=who)
    assert (answer.status_code, answer.json()["error"]) == (401, "no customer has this e-mail and this password")


async def test_order_without_a_session_is_refused(stack):
    """Who is not logged in orders nothing."""
    async with httpx.AsyncClient(base_url=stack.url("shop")) as client:
        answer = await client.post("/orders", json={"lines": {"oakum": 1}}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 401


async def test_crossing_carts_do_not_deadlock(customers, stack):
    """Carts that hold each other's items, listed in opposite order, are all placed, and the books agree."""
    carts = [{"oakum": 1, "shackle": 1}, {"shackle": 1, "oakum": 1}]
    answers = await asyncio.gather(*(customers.order(carts[number % 2]) for number in range(40)))
    assert tally(answers) == {"201": 40}
    assert await audit_at(dsn(stack), acknowledged=acknowledged(answers)) == []


async def test_delivery_goes_on_the_shelf(customers, stack, database):
    """What comes in is counted in, and the books agree."""
    before = await database.fetchval("SELECT on_hand FROM inventory.items WHERE sku = 'binnacle'")
    answer = await customers.ask("POST", "/deliveries", json={"sku": "binnacle", "quantity": 7})
    assert answer.body == {"on_hand": before + 7}
    assert await audit_at(dsn(stack)) == []
