"""Customers of the shop's front: they fill a cart, check that it is complete, and ask how many crates it needs."""

from collections import Counter
from random import choice, choices
from typing import Any

from locust import FastHttpUser, task

CUSTOMERS = [f"{name}@harbour.example" for name in ("ada", "bo", "cleo", "dov")]
ITEMS = ["anchor-chain", "bilge-pump", "boat-hook", "bucket-oak", "foghorn", "oilskin", "shackle", "tar-pine"]


class Customer(FastHttpUser):
    """Logs in, and again after losing a cart. The load's options set how long it waits."""

    host = "http://127.0.0.1:8000"

    def on_start(self) -> None:
        """Log in, with an empty cart. Pieces that were not acknowledged may be in it or not: they are unsure."""
        self.session, self.sure, self.unsure = {}, Counter(), Counter()
        answer = self.client.post("/login", json={"email": choice(CUSTOMERS), "password": "ahoy"})
        if answer.ok:
            self.session = {"Authorization": f"Bearer {answer.json()['token']}"}

    @task(2)
    def put(self) -> None:
        """Put one piece of something into the cart."""
        if not self.session:
            self.on_start()
            return
        sku = choice(ITEMS)
        what = {"json": {"sku": sku, "pieces": 1}, "headers": self.session}
        with self.client.post("/cart", catch_response=True, **what) as answer:
            if answer.status_code == 401:
                self.lose(answer)
            else:
                (self.sure if answer.status_code == 200 else self.unsure)[sku] += 1

    @task(2)
    def look(self) -> None:
        """Look into the cart: each piece that was acknowledged has to be there."""
        if not self.session:
            self.on_start()
            return
        with self.client.get("/cart", headers=self.session, catch_response=True) as answer:
            if answer.status_code == 401 or (answer.status_code == 200 and self.lacks(answer.json())):
                self.lose(answer)

    def lacks(self, cart: dict[str, int]) -> bool:
        """Say whether the cart holds fewer pieces than were acknowledged, or more than were sent."""
        skus = {*cart, *self.sure}
        return any(not self.sure[sku] <= cart.get(sku, 0) <= self.sure[sku] + self.unsure[sku] for sku in skus)

    def lose(self, answer: Any) -> None:
        """Count a lost cart, and begin another."""
        answer.failure("cart lost")
        self.on_start()

    @task(5)
    def pack(self) -> None:
        """Ask how many crates a dozen pieces need."""
        self.client.post("/crates", json={"skus": choices(ITEMS, k=12)})

    @task(1)
    def demand(self) -> None:
        """Ask how many pieces of an item two weeks may need."""
        self.client.get(f"/demand/{choice(ITEMS)}", name="/demand/[sku]")
