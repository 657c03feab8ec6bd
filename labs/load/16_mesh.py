"""Customers of the mesh: they order, and ask for prices, by the three ways to the catalogue in turn."""

from itertools import cycle
from random import choice
from uuid import uuid4

from locust import FastHttpUser, task

ITEMS = ["anchor-chain", "bilge-pump", "boat-hook", "bucket-oak", "foghorn", "oilskin", "shackle", "tar-pine"]
WAYS = ("none", "one", "two")  # sidecars between orders and the catalogue


class Customer(FastHttpUser):
    """Asks and orders. The load sets how long it waits in between."""

    host = "http://127.0.0.1:8080"

    def on_start(self) -> None:
        """Begin with the first way."""
        self.ways = cycle(WAYS)

    @task(3)
    def ask(self) -> None:
        """Ask what something costs, each time by the next way."""
        way = next(self.ways)
        self.client.get(f"/items/{choice(ITEMS)}?by={way}", name=f"/items {way}")

    @task
    def order(self) -> None:
        """Order one piece of something."""
        headers = {"Idempotency-Key": str(uuid4())}
        self.client.post("/orders", json={"item": choice(ITEMS)}, headers=headers)
