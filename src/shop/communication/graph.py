"""GraphQL: one endpoint, from which a client takes what it wants. Its resolvers ask the services behind it.

``resolvers`` is the learner's: how they ask, and which queries are refused. No query tool for browsers is served: the
usual one loads its scripts from another host, and stays blank without a network.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import resolvers  # type: ignore[import-not-found]
import strawberry
from fastapi import FastAPI, Request
from strawberry.fastapi import GraphQLRouter
from strawberry.types import Info

from shop.communication.services import Behind
from shop.core.app_factory import front

logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL)  # each error is in its answer


@strawberry.type(name="Product")
class ProductNode:
    """A product."""

    sku: str
    name: str
    price_cents: int
    description: str
    near: strawberry.Private[list[str]]

    @strawberry.field
    async def goes_with(self, info: Info) -> list["ProductNode | None"]:
        """Products that customers buy with this one."""
        return list(await asyncio.gather(*(_product(info, sku) for sku in self.near)))


@strawberry.type(name="Line")
class LineNode:
    """A line of an order. Without an answer from behind, a field is null and the error says why."""

    sku: str
    pieces: int

    @strawberry.field
    async def product(self, info: Info) -> ProductNode | None:
        """The product; null where it is not sold any more."""
        return await _product(info, self.sku)

    @strawberry.field
    async def on_hand(self, info: Info) -> int | None:
        """How many pieces are on hand."""
        pieces: int | None = await info.context["loaders"].on_hand(self.sku)
        return pieces


@strawberry.type(name="Order")
class OrderNode:
    """An order."""

    number: str
    customer: str
    lines: list[LineNode]


@strawberry.type(name="Query")
class Query:
    """What can be asked."""

    @strawberry.field
    async def order(self, info: Info, number: str) -> OrderNode | None:
        """One order."""
        return _order(await info.context["behind"].order(number))

    @strawberry.field
    async def orders(self, info: Info, customer: str) -> list[OrderNode]:
        """All orders of a customer."""
        return [_order(order) for order in await info.context["behind"].orders_of(customer)]


def _order(order: dict[str, Any]) -> OrderNode:
    lines = [LineNode(sku=line["sku"], pieces=line["pieces"]) for line in order["lines"]]
    return OrderNode(number=order["number"], customer=order["customer"], lines=lines)


async def _product(info: Info, sku: str) -> ProductNode | None:
    found = await info.context["loaders"].product(sku)
    if found is None:
        return None
    own = {name: found.get(name, "") for name in ("sku", "name", "price_cents", "description")}
    return ProductNode(**own, near=found["goes_with"])


async def _context(request: Request) -> dict[str, Any]:
    behind: Behind = request.app.state.behind
    return {"behind": behind, "loaders": resolvers.Loaders(behind)}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.behind = Behind()
    yield


schema = strawberry.Schema(query=Query, extensions=resolvers.LIMITS)
app = front("GraphQL", _lifespan)
app.include_router(GraphQLRouter(schema, graphql_ide=None, context_getter=_context), prefix="/graphql")
