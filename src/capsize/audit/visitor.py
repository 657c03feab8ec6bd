"""Somebody who visits an app under audit: keeps cookies as a browser does, and says what came back."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx

from capsize.audit.request_line import RequestLine

ANSWERS_WITHIN = 30.0  # seconds
HOME = RequestLine("GET", "/")


@dataclass(frozen=True)
class Reply:
    """What came back: a status and a text, or nothing, and then ``why``. ``seconds`` is how long it took."""

    status: int
    text: str
    seconds: float
    why: str = ""

    @property
    def came(self) -> bool:
        return self.status != 0

    @property
    def good(self) -> bool:
        return 200 <= self.status < 400

    def __str__(self) -> str:
        return str(self.status) if self.came else f"no answer ({self.why})"


class Visitor:
    """Cookies that go along from one deploy to another; a cookie belongs to a host, whatever the port."""

    def __init__(self) -> None:
        self.cookies = httpx.Cookies()

    async def ask(self, port: int, question: RequestLine, within: float = ANSWERS_WITHIN) -> Reply:
        """Send a request to localhost, on a connection of its own, and wait for the whole answer."""
        began = time.monotonic()
        place = f"http://localhost:{port}"
        try:
            async with httpx.AsyncClient(
                cookies=self.cookies, trust_env=False, timeout=within, base_url=place
            ) as client:
                answer = await client.request(
                    question.method, question.path, content=question.body.encode(), headers=question.headers
                )
                self.cookies = client.cookies
        except httpx.HTTPError as error:
            return Reply(0, "", time.monotonic() - began, str(error) or type(error).__name__)
        return Reply(answer.status_code, answer.text, time.monotonic() - began)
