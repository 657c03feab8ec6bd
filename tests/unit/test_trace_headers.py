"""Headers that go from a request to the calls that it causes."""

from __future__ import annotations

import asyncio

import httpx
from fastapi import FastAPI, Request

from shop.core.trace_headers import Carries


async def heard(number: int, front: httpx.AsyncClient) -> list[str]:
    return list((await front.get("/", headers={"traceparent": str(number), "cookie": "own"})).json())


async def all_heard() -> list[list[str]]:
    back, front = FastAPI(), FastAPI()

    @back.get("/")
    async def told(request: Request) -> str:
        await asyncio.sleep(0.01)
        return f"{request.headers.get('traceparent')} {request.headers.get('cookie')}"

    inner = httpx.AsyncClient(transport=httpx.ASGITransport(back), base_url="http://back")

    @front.get("/")
    async def asked() -> list[str]:
        return [answer.json() for answer in await asyncio.gather(inner.get("/"), inner.get("/"))]

    outer = httpx.ASGITransport(Carries(front, ["traceparent"]))
    async with inner, httpx.AsyncClient(transport=outer, base_url="http://front") as client:
        return await asyncio.gather(*(heard(number, client) for number in range(3)))


def test_each_request_gives_its_headers_to_its_own_calls(monkeypatch):
    """Requests that are under way at the same time keep theirs apart, and hand on nothing but the names."""
    monkeypatch.setattr(httpx.AsyncClient, "send", httpx.AsyncClient.send)  # put back afterwards
    assert asyncio.run(all_heard()) == [[f"{number} None"] * 2 for number in range(3)]
