"""The shop as customers see it: who they are, their cart, their orders, and a report that takes its time."""

import asyncio
import contextlib
import hmac
import json
import secrets
import time
import tomllib
from pathlib import Path

import carts
import running
import settings
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from store import Store

RANGE = tomllib.loads(Path(__file__).with_name("config.toml").read_text(encoding="utf-8"))
PAGE = 0.2  # seconds that a page of the report takes
store = Store(settings.DATABASE_URL)


async def home(request):
    return JSONResponse({"shop": RANGE["title"], "currency": RANGE["currency"]})


async def catalogue(request):
    return JSONResponse(RANGE["prices"])


async def login(request):
    name = request.query_params["name"]
    return _known(JSONResponse({"customer": name}), name)


async def me(request):
    return JSONResponse({"customer": _customer(request)})


async def put(request):
    customer = _customer(request) or secrets.token_hex(8)
    await carts.add(store, customer, request.query_params["sku"], int(request.query_params.get("count", "1")))
    return _known(JSONResponse({"added": request.query_params["sku"]}, 201), customer)


async def cart(request):
    return JSONResponse(await carts.of(store, _customer(request)))


async def order(request):
    customer, number = _customer(request), secrets.token_hex(8)
    items = await carts.of(store, customer)
    await store.ask("INSERT INTO orders VALUES ($1, $2, $3)", number, customer, json.dumps(items))
    return JSONResponse({"id": number, "items": items}, 201)


async def find(request):
    rows = await store.ask("SELECT items FROM orders WHERE id = $1", request.path_params["id"])
    return JSONResponse(json.loads(rows[0][0])) if rows else JSONResponse({"error": "no such order"}, 404)


async def report(request):
    """Write a report of so many pages."""
    await asyncio.sleep(PAGE * int(request.query_params.get("pages", "4")))
    return JSONResponse({"orders": (await store.ask("SELECT count(*) FROM orders"))[0][0]})


def _known(answer, customer):
    """Have the customer's browser keep who they are, signed."""
    answer.set_cookie("customer", f"{customer}.{_signature(customer)}")
    return answer


def _customer(request):
    name, _, signature = request.cookies.get("customer", "").rpartition(".")
    return name if name and hmac.compare_digest(signature, _signature(name)) else None


def _signature(name):
    return hmac.digest(settings.SECRET_KEY.encode(), name.encode(), "sha256").hex()


class Told:
    """Says what became of each request, when it is answered."""

    def __init__(self, inner):
        self.inner = inner

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.inner(scope, receive, send)
        began, status = time.monotonic(), [500]

        async def note(message):
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        try:
            await self.inner(scope, receive, note)
        finally:
            taken = round(1000 * (time.monotonic() - began))
            running.say(event="request", method=scope["method"], path=scope["path"], status=status[0], ms=taken)


@contextlib.asynccontextmanager
async def lifespan(app):
    async with running.life():
        yield
    await store.close()


ROUTES = [
    Route("/", home),
    Route("/catalogue", catalogue),
    Route("/login", login, methods=["POST"]),
    Route("/me", me),
    Route("/cart", put, methods=["POST"]),
    Route("/cart", cart),
    Route("/orders", order, methods=["POST"]),
    Route("/orders/{id}", find),
    Route("/report", report),
]
app = Told(Starlette(routes=ROUTES, lifespan=lifespan))
