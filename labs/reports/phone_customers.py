"""Customers of lab 04's phone: they look at the page of an order, and count it as lost if it does not come."""

from random import randint

from locust import FastHttpUser, task


class Customer(FastHttpUser):
    """A customer with a phone."""

    host = "http://127.0.0.1:8000"

    @task
    def home(self) -> None:
        """Look at the page of any order."""
        self.client.get(f"/home/{randint(1, 40)}", name="phone")
