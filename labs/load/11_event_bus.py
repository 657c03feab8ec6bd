"""People of the yard: each asks again and again what is to be written on a parcel that the yard has heard of."""

from random import choice

from locust import FastHttpUser, task


class Packer(FastHttpUser):
    """Asks about one parcel after the other. The load sets how long it waits in between."""

    host = "http://127.0.0.1:8001"
    connection_timeout = network_timeout = 5.0

    def on_start(self) -> None:
        """Ask which orders the yard has heard of."""
        answer = self.client.get("/parcels", name="/parcels, all")
        self.orders = answer.json() if answer.ok else []

    @task
    def ask(self) -> None:
        """Ask about a parcel."""
        if self.orders:
            self.client.get(f"/parcels/{choice(self.orders)}", name="/parcels")
