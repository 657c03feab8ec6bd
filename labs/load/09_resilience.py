"""Customers of the desk. REPLACE THIS: what do yours do, and how often?"""

from uuid import uuid4

from locust import FastHttpUser, task


class Customer(FastHttpUser):
    """A customer; who starts the load says how long it waits between two requests."""

    host = "http://127.0.0.1:8000"

    @task
    def order(self) -> None:
        """Order something that nobody ordered before."""
        self.client.post(f"/orders/{uuid4()}", name="/orders")
