"""Customers of the counter: half of them wait until the order is charged, and half do not."""

from random import choice
from uuid import uuid4

from locust import FastHttpUser, task

CUSTOMERS = [f"{name}@harbour.example" for name in ("ada", "bo", "cleo", "dov")]
ITEMS = ["anchor-chain", "bilge-pump", "boat-hook", "bucket-oak", "foghorn", "oilskin", "shackle", "tar-pine"]


class Customer(FastHttpUser):
    """Logs in, and orders one thing after the other. The load sets how long it waits in between."""

    abstract = True
    host = "http://127.0.0.1:8000"

    def on_start(self) -> None:
        """Log in."""
        answer = self.client.post("/login", json={"email": choice(CUSTOMERS), "password": "ahoy"})
        self.session = {"Authorization": f"Bearer {answer.json()['token']}"} if answer.ok else {}

    def order(self, name: str, **headers: str) -> None:
        """Order one piece of something."""
        headers = {**self.session, **headers, "Idempotency-Key": str(uuid4())}
        self.client.post("/orders", json={"lines": {choice(ITEMS): 1}}, headers=headers, name=name)


class Waiting(Customer):
    """Waits for the bank and the post."""

    @task
    def wait(self) -> None:
        """Place an order, and wait until it is charged."""
        self.order("/orders waiting")


class Passing(Customer):
    """Does not wait."""

    @task
    def pass_by(self) -> None:
        """Place an order, and leave."""
        self.order("/orders in passing", Prefer="respond-async")
