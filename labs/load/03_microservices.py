"""Customers of the shop, before and after the cut: most look around, some buy, a few come back to see their order."""

from random import choice, sample
from uuid import uuid4

from locust import FastHttpUser, task

CUSTOMERS = [f"{name}@harbour.example" for name in ("ada", "bo", "cleo", "dov")]
PLENTIFUL = ["anchor-chain", "bilge-pump", "boat-hook", "bucket-oak", "foghorn", "oilskin", "shackle", "tar-pine"]


class Customer(FastHttpUser):
    """Logs in once. The load's options set how long it waits between two requests."""

    host = "http://127.0.0.1:8000"

    def on_start(self) -> None:
        """Log in; begin without orders."""
        answer = self.client.post("/login", json={"email": choice(CUSTOMERS), "password": "ahoy"})
        self.session = {"Authorization": f"Bearer {answer.json()['token']}"}
        self.placed: list[str] = []

    @task(5)
    def browse(self) -> None:
        """Look at the catalogue."""
        self.client.get("/items")

    @task(3)
    def order(self) -> None:
        """Order one to three items, one piece of each. Paid (201) and accepted (202) both count as placed."""
        cart = {"lines": dict.fromkeys(sample(PLENTIFUL, choice([1, 2, 3])), 1)}
        answer = self.client.post("/orders", json=cart, headers=self.session | {"Idempotency-Key": str(uuid4())})
        if answer.status_code in (201, 202):
            self.placed.append(answer.json()["id"])

    @task(1)
    def read_back(self) -> None:
        """Look at an order placed earlier."""
        if self.placed:
            self.client.get(f"/orders/{choice(self.placed)}", headers=self.session, name="/orders/[id]")

    @task(1)
    def receipt(self) -> None:
        """Look at what was charged for an order placed earlier."""
        if self.placed:
            self.client.get(f"/payments/{choice(self.placed)}", headers=self.session, name="/payments/[id]")
