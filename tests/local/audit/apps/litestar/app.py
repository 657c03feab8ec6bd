import asyncio
import uuid
from typing import Any

from litestar import Litestar, Request, Response, get, post

carts: dict[str, list[str]] = {}


@get("/")
async def index() -> str:
    return "Hello, world!"


@get("/cart")
async def read(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    return {"cart": carts.get(request.cookies.get("visitor", ""), [])}


@post("/cart")
async def add(request: Request[Any, Any, Any], sku: str) -> Response[dict[str, list[str]]]:
    visitor = request.cookies.get("visitor") or uuid.uuid4().hex
    carts.setdefault(visitor, []).append(sku)
    response = Response({"cart": carts[visitor]})
    response.set_cookie("visitor", visitor)
    return response


@get("/report")
async def report() -> dict[str, str]:
    await asyncio.sleep(1.5)
    return {"report": "done"}


app = Litestar([index, read, add, report])
