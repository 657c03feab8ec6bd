"""Customers of the shop: half of what they do is to look around, half of it to order. They wait for two seconds."""

from random import choice, sample
from uuid import uuid4

from locust import FastHttpUser, task

ITEMS = ["anchor-chain", "bilge-pump", "boat-hook", "bucket-oak", "foghorn", "oilskin", "shackle", "oakum"]


class Customer(FastHttpUser):
    """A customer; who starts the load says how long it waits between two requests."""

    host = "http://127.0.0.1:8000"
    connection_timeout = network_timeout = 2.0  # then the customer has gone, and the answer does not count

    @task
    def look(self) -> None:
        """Look at the catalogue."""
        self.client.get("/items")

    @task
    def order(self) -> None:
        """Order one to three items, as somebody who was never there before."""
        cart = {"lines": dict.fromkeys(sample(ITEMS, choice([1, 2, 3])), 1)}
        key = str(uuid4())
        self.client.post("/orders", json=cart, headers={"Idempotency-Key": key, "X-Customer": key})
