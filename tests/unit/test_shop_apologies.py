"""An app that raises is answered for, and its connection stays."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from shop.core.error_middleware import Apologises

pytestmark = pytest.mark.anyio
app = FastAPI()
app.add_middleware(Apologises)


@app.get("/broken")
async def broken() -> None:
    raise RuntimeError("a plank came off")


@app.get("/half")
async def half() -> StreamingResponse:
    async def pieces():
        yield b"half an answer"
        raise RuntimeError("and then")

    return StreamingResponse(pieces())


async def get(path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        return await client.get(path)


async def test_error_is_answered_and_logged(caplog):
    """A customer gets a 500 in JSON, and the log has the traceback."""
    answer = await get("/broken")
    assert (answer.status_code, list(answer.json())) == (500, ["error"])
    assert "a plank came off" in caplog.text


async def test_error_after_half_an_answer_is_not_hidden():
    """Half an answer is no answer: the connection has to end, and only the server can end it."""
    with pytest.raises(RuntimeError, match="and then"):
        await get("/half")
