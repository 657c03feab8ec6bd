"""A Locust user that asks the same thing again and again."""

from locust import FastHttpUser, task


class Visitor(FastHttpUser):
    """Asks as soon as it has its answer."""

    @task
    def ask(self) -> None:
        """Ask whether the service is ready."""
        self.client.get("/ready")
