import asyncio
import uuid

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

carts = {}


async def homepage(request):
    return PlainTextResponse("Hello, world!")


async def read(request):
    return JSONResponse({"cart": carts.get(request.cookies.get("visitor"), [])})


async def add(request):
    visitor = request.cookies.get("visitor") or uuid.uuid4().hex
    carts.setdefault(visitor, []).append(request.query_params["sku"])
    response = JSONResponse({"cart": carts[visitor]})
    response.set_cookie("visitor", visitor)
    return response


async def report(request):
    await asyncio.sleep(1.5)
    return JSONResponse({"report": "done"})


app = Starlette(
    debug=True,
    routes=[
        Route("/", homepage),
        Route("/cart", read),
        Route("/cart", add, methods=["POST"]),
        Route("/report", report),
    ],
)
