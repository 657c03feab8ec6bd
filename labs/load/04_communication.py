"""Customers who look at an order's page by REST, by GraphQL and by gRPC, one after the other.

GraphQL answers 200 whatever happened, and says in its body what failed: that counts as a failure here. gRPC has no HTTP
client of Locust's, so its calls are reported by the event for requests.
"""

from random import randint

import grpc
from grpc.experimental.gevent import init_gevent
from locust import FastHttpUser, task

from shop.stock_pb2 import Order
from shop.stock_pb2_grpc import StoreStub

init_gevent()  # before the first channel: gRPC's own threads know nothing of Locust's
QUERY = """query ($number: String!) {
  order(number: $number) { number customer lines { pieces product { name priceCents } onHand } }
}"""
GIVES_UP = 5.0  # seconds


class Customer(FastHttpUser):
    """A customer with three clients; the shop says where its other doors are."""

    host = "http://127.0.0.1:8000"
    connection_timeout = network_timeout = GIVES_UP

    def on_start(self) -> None:
        """Ask where GraphQL and gRPC are, and open a channel."""
        self.doors = self.client.get("/doors").json()
        self.store = StoreStub(grpc.insecure_channel(self.doors["grpc"]))

    @task
    def rest(self) -> None:
        """Look at a page that the shop makes of REST calls."""
        self.client.get(f"/pages/batch/{randint(1, 40)}", name="REST")

    @task
    def graphql(self) -> None:
        """Take the page from GraphQL; an answer with errors in it has failed."""
        body = {"query": QUERY, "variables": {"number": str(randint(1, 40))}}
        url = f"{self.doors['graphql']}/graphql"
        with self.client.post(url, json=body, name="GraphQL", catch_response=True) as answer:
            if answer.ok and answer.json().get("errors"):
                answer.failure("errors in an answer of status 200")

    @task
    def grpc(self) -> None:
        """Take the page from gRPC in one call."""
        with self.environment.events.request.measure("CALL", "gRPC"):
            self.store.Page(Order(number=str(randint(1, 40))), timeout=GIVES_UP)
