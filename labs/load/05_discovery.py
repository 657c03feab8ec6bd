"""Customers of the front: each request finds a copy of orders by another way, and nothing else differs."""

from random import choice, randint
from uuid import uuid4

from locust import FastHttpUser, task

WAYS = ("dns", "registry", "bought", "platform", "mesh")
CUSTOMERS = [f"{name}@harbour.example" for name in ("ada", "bo", "cleo", "dov")]


class Customer(FastHttpUser):
    """Logs in once, asks by one way after the other, and now and then orders. The load sets how long it waits."""

    host = "http://127.0.0.1:8000"

    def on_start(self) -> None:
        """Log in by the platform's address, and begin with any way."""
        self.turn, self.session = randint(0, len(WAYS) - 1), {}
        login = {"email": choice(CUSTOMERS), "password": "ahoy"}
        answer = self.client.post("/platform/login", json=login, name="login")
        if answer.ok:
            self.session = {"Authorization": f"Bearer {answer.json()['token']}"}

    def way(self) -> str:
        """Return the way whose turn it is."""
        self.turn += 1
        return WAYS[self.turn % len(WAYS)]

    @task(9)
    def ask(self) -> None:
        """Ask how many orders there are."""
        way = self.way()
        self.client.get(f"/{way}/till", name=way)

    @task(1)
    def order(self) -> None:
        """Order a bucket, with a key by which a second try is known."""
        way, headers = self.way(), {**self.session, "Idempotency-Key": str(uuid4())}
        self.client.post(f"/{way}/orders", json={"lines": {"bucket-oak": 1}}, headers=headers, name=way)
