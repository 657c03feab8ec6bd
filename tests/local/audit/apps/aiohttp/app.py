import asyncio
import os
import uuid

from aiohttp import web

carts = {}


async def handle(request):
    return web.Response(text="Hello, Anonymous")


async def read(request):
    return web.json_response({"cart": carts.get(request.cookies.get("visitor"), [])})


async def add(request):
    visitor = request.cookies.get("visitor") or uuid.uuid4().hex
    carts.setdefault(visitor, []).append(request.query["sku"])
    response = web.json_response({"cart": carts[visitor]})
    response.set_cookie("visitor", visitor)
    return response


async def report(request):
    await asyncio.sleep(1.5)
    return web.json_response({"report": "done"})


app = web.Application()
app.add_routes([web.get("/", handle), web.get("/cart", read), web.post("/cart", add), web.get("/report", report)])

if __name__ == "__main__":
    web.run_app(app, port=int(os.environ["PORT"]))
