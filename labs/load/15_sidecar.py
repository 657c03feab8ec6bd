"""Customers of the stall: they order, and ask for the rate of the guinea, using the three ways to the bank in turn."""

from itertools import cycle
from random import choice
from uuid import uuid4

from locust import FastHttpUser, task

CUSTOMERS = [f"{name}@harbour.example" for name in ("ada", "bo", "cleo", "dov")]
ITEMS = ["anchor-chain", "bilge-pump", "boat-hook", "bucket-oak", "foghorn", "oilskin", "shackle", "tar-pine"]
WAYS = ("none", "yours", "envoy")


class Customer(FastHttpUser):
    """Logs in, orders and asks. The load sets how long it waits in between."""

    host = "http://127.0.0.1:8000"

    def on_start(self) -> None:
        """Log in."""
        answer = self.client.post("/login", json={"email": choice(CUSTOMERS), "password": "ahoy"})
        self.session = {"Authorization": f"Bearer {answer.json()['token']}"} if answer.ok else {}
        self.ways = cycle(WAYS)

    @task(3)
    def ask(self) -> None:
        """Ask for the rate, each time by the next way."""
        way = next(self.ways)
        self.client.get(f"/rates?by={way}", name=f"/rates {way}")

    @task
    def order(self) -> None:
        """Order one piece of something."""
        headers = {**self.session, "Idempotency-Key": str(uuid4())}
        self.client.post("/orders", json={"lines": {choice(ITEMS): 1}}, headers=headers)
