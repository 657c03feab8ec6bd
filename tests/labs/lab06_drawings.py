"""A browser that sends drawings and fetches them, and what is expected of the shop and of the store meanwhile."""

from __future__ import annotations

import asyncio
import os
import re
import time
from urllib.parse import urljoin, urlsplit

import httpx

from capsize.check import Judge
from capsize.check.kit import too_busy
from capsize.session.running import RunningStack

UPLOAD_SECONDS = 6
DRAWING, FLAT = 20_000_000, 1_000_000  # bytes of a drawing, and what asking for its place may take


class Upload:
    """A browser, the shop that it asks, and what is expected of the two and of the store."""

    def __init__(self, stack: RunningStack, judge: Judge, browser: httpx.AsyncClient) -> None:
        self.stack, self.judge, self.browser = stack, judge, browser
        self.key = ""

    async def invited(self, name: str) -> dict[str, str]:
        """Ask where to PUT a drawing, and judge that it is where a browser can reach it."""
        answer = await self.browser.post("/drawings", params={"name": name})
        is_told = answer.status_code == 201 and {"key", "put"} <= answer.json().keys()
        sentence = "the shop says where to PUT a drawing (201, key and put)"
        self.judge.claim(is_told, sentence, answer.status_code, evidence=answer)
        found: dict[str, str] = answer.json()
        put = urljoin(self.stack.url("shop"), found["put"])
        host = urlsplit(put).netloc
        self.judge.claim(
            found["put"] and host in (self.stack.url("s3"), urlsplit(self.stack.url("shop")).netloc),
            f"an address that a browser reaches: S3_PUBLIC_URL, which is http://{self.stack.url('s3')} here",
            f"http://{host}" if found["put"] else "an empty put",
            look="def invite",
        )
        return {**found, "put": put}

    async def address_of(self, key: str) -> str:
        """Ask where a drawing is."""
        answer = await self.browser.get(f"/drawings/{key}")
        return urljoin(self.stack.url("shop"), answer.headers.get("location", f"/drawings/{key}"))

    async def send(self, invitation: dict[str, str], drawing: bytes) -> None:
        """PUT a drawing where the shop said."""
        began = time.monotonic()
        try:
            answer = await self.browser.put(invitation["put"], content=drawing)
            code, got, words = answer.status_code, f"{answer.status_code}", answer.text[:300]
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as closed:
            code, got, words = 0, "it hung up", type(closed).__name__
        if code == 403 and time.monotonic() - began > UPLOAD_SECONDS / 2:
            raise too_busy(f"the store was reached after {time.monotonic() - began:.1f} s")
        evidence = [f"PUT {invitation['put']}", words]
        self.judge.claim(200 <= code < 300, "the store takes the drawing", got, evidence=evidence, look="def invite")

    async def judge_bytes(self) -> None:
        """Judge that a drawing arrives, and that the shop's own wire carries none of it, there and back."""
        self.judge.done(f"asked where to PUT a drawing, sent {DRAWING // 1_000_000} MB there, and fetched it again")
        drawing, before = os.urandom(DRAWING), await self.moved()
        invitation = await self.invited("flag.png")
        self.key = invitation["key"]
        await self.send(invitation, drawing)
        self.judge_flat("in", (await self.moved())[0] - before[0], "def invite")
        back = await self.browser.get(f"/drawings/{self.key}", follow_redirects=True)
        self.judge.claim(
            back.content == drawing,
            "what comes back is what was sent",
            f"{back.status_code}, {len(back.content)} bytes",
            evidence=lambda: back.text[:200] if len(back.content) < FLAT else "other bytes",
            look="def show",
        )
        self.judge_flat("out", (await self.moved())[1] - before[1], "def show")

    def judge_flat(self, way: str, moved: int, words: str) -> None:
        sentence = f"the shop's own bytes-{way} stay flat: the drawing passes it by"
        self.judge.claim(moved < FLAT, sentence, f"{moved / 1e6:.1f} MB {way}", look=words)

    async def moved(self) -> tuple[int, int]:
        """Return the bytes that went into the shop and out of it until now."""
        await asyncio.sleep(0.25)  # a reading of the wires serves for a fifth of a second
        stats = await asyncio.to_thread(self.stack.edge("outside", "shop").stats)
        return stats.bytes_in, stats.bytes_out

    async def judge_names(self) -> None:
        """Judge that two drawings of one name are two drawings."""
        self.judge.done("had two customers send a flag.png each")
        sent = {}
        for drawing in (b"a red one", b"a blue one"):
            invitation = await self.invited("flag.png")
            await self.send(invitation, drawing)
            sent[invitation["key"], drawing] = invitation
        back = [(await self.browser.get(await self.address_of(key))).content for key, _ in sent]
        is_each = back == [drawing for _, drawing in sent]
        words = f"sent a red one and a blue one, and found {' and '.join(map(repr, back))}"[:200]
        self.judge.claim(is_each, "nobody overwrites another's drawing by its name", words, look="def invite")

    async def judge_signatures(self, seen: str) -> None:
        """Judge that an address without its signature, or with a changed one, opens nothing."""
        self.judge.done("tried addresses without their signature, and with another key in them")
        other = (await self.invited("other.png"))["put"]
        asked = {
            "reading without a signature": await self.browser.get(seen.partition("?")[0]),
            "sending without a signature": await self.browser.put(other.partition("?")[0], content=b"mine"),
            "sending over another drawing": await self.browser.put(
                urlsplit(other)._replace(path=urlsplit(seen).path).geturl(), content=b"mine"
            ),
            "a longer time than was signed": await self.browser.put(longer(other), content=b"mine"),
        }
        for what, answer in asked.items():
            self.judge.claim(
                answer.status_code == 403,
                f"{what} is refused by the store (403)",
                f"{what}: {answer.status_code}",
                evidence=f"{answer.request.method} {answer.request.url}"[:160],
                look="def show" if "reading" in what else "def invite",
            )

    async def judge_lateness(self, put: str, seen: str) -> None:
        """Judge that both kinds of address end when they should."""
        self.judge.done(f"used addresses that were given out more than {UPLOAD_SECONDS} s before")
        for what, answer in (
            ("PUT", await self.browser.put(put, content=b"late")),
            ("GET", await self.browser.get(seen)),
        ):
            signed = re.search(r"X-Amz-Expires=\d+", str(answer.request.url))
            self.judge.claim(
                answer.status_code == 403,
                f"an address older than UPLOAD_SECONDS, {UPLOAD_SECONDS} here, is refused ({what}, 403)",
                f"{what}: {answer.status_code}",
                evidence=f"signed in the address: {signed[0]}, in seconds" if signed else f"{answer.request.url}",
                look="def show" if what == "GET" else "def invite",
            )


def longer(address: str) -> str:
    """Add a second to how long an address says that it holds."""
    return re.sub(r"(?<=X-Amz-Expires=)\d+", lambda found: str(int(found[0]) + 1), address)
