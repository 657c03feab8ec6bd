"""Customers of the counter: nearly all look at the shelf, and a few wait for a stocktake."""

from locust import FastHttpUser, task


class Customer(FastHttpUser):
    """The load sets how long a customer waits between two requests."""

    host = "http://127.0.0.1:8000"

    @task(20)
    def look(self) -> None:
        """Look at the shelf."""
        self.client.get("/items")

    @task(1)
    def count(self) -> None:
        """Have everything counted, which takes a second and a half."""
        self.client.get("/stocktake")
