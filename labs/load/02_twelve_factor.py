"""Customers of the shop: they fill a cart and look into it, place orders, and ask for a report that takes a second."""

from collections import Counter
from random import choice
from typing import Any

from locust import FastHttpUser, task

ITEMS = ["lantern", "compass", "rope"]


class Customer(FastHttpUser):
    """Remembers what was acknowledged. The load's options set how long it waits."""

    host = "http://127.0.0.1:8000"

    def on_start(self) -> None:
        """Come in, with an empty cart. Pieces that were not acknowledged may be in it or not: they are unsure."""
        self.sure, self.unsure = Counter[str](), Counter[str]()
        self.client.cookiejar.clear()

    @task(4)
    def put(self) -> None:
        """Put one piece of something into the cart."""
        item = choice(ITEMS)
        with self.client.post(f"/cart?sku={item}", name="/cart", catch_response=True) as answer:
            (self.sure if answer.status_code == 201 else self.unsure)[item] += 1

    @task(4)
    def look(self) -> None:
        """Look into the cart: each piece that was acknowledged has to be there."""
        with self.client.get("/cart", catch_response=True) as answer:
            if answer.status_code == 200 and self.lacks(answer.json()):
                answer.failure("cart lost")
                self.on_start()

    def lacks(self, cart: dict[str, Any]) -> bool:
        """Say whether the cart holds fewer pieces than were acknowledged."""
        return any(cart.get(item, 0) < count for item, count in self.sure.items())

    @task(1)
    def order(self) -> None:
        """Place an order of what is in the cart."""
        self.client.post("/orders")

    @task(2)
    def report(self) -> None:
        """Ask for a report."""
        self.client.get("/report?pages=3", name="/report")
