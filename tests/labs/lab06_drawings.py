"""Browsers that send drawings and fetch them, and what is expected of the shop and of the store meanwhile."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from capsize.check import Judge
from capsize.check.draw import Draw
from capsize.check.kit import SEED, too_busy
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack

UPLOAD_SECONDS = Draw(SEED, "6.2").choice((3, 4))
EARLY = 0.55  # of it: an address is good until then, also where its time is rounded down to whole seconds
OVER = 0.3  # seconds beyond it after which an address is not good any more
DRAWING, FLAT = 20_000_000, 1_000_000  # bytes of a drawing, and what asking for its place may take
COPIES, CUSTOMERS = 3, 9  # who come at once with a drawing of the same name
FOR_GOOD = (301, 308)  # redirects that a browser keeps


@dataclass
class Sent:
    """A drawing that was sent: under which key, to which address, and what it is."""

    key: str
    put: str
    drawing: bytes


class Upload:
    """A browser, the shop that it asks, and what is expected of the two and of the store."""

    def __init__(self, stack: RunningStack, judge: Judge, browser: httpx.AsyncClient) -> None:
        self.stack, self.judge, self.browser = stack, judge, browser
        self.name, self.same_name = (f"{name}.png" for name in judge.draw.names(2))
        self.asked: dict[str, float] = {}  # when each address for sending was asked for
        self.kept: dict[str, str] = {}  # where a browser goes at once, because it was told to go there for good

    async def invited(self, name: str) -> dict[str, str]:
        """Ask where to PUT a drawing, and judge that it is where a browser can reach it."""
        began = time.monotonic()
        answer = await self.browser.post("/drawings", params={"name": name})
        found = answer.json() if answer.status_code == 201 else {}
        is_told = {"key", "put"} <= found.keys()
        sentence = "the shop says where to PUT a drawing (201, key and put)"
        self.judge.claim(is_told, sentence, answer.status_code, evidence=answer, line=1)
        put = urljoin(self.stack.url("shop"), found["put"])
        known = (f"http://{self.stack.url('s3')}", self.stack.url("shop"))
        where = "{0.scheme}://{0.netloc}".format(urlsplit(put))
        self.judge.claim(
            found["put"] and where in known,
            f"an address that a browser reaches: S3_PUBLIC_URL, which is {known[0]} here",
            where if found["put"] else "an empty put",
            look="def invite",
            line=1,
        )
        self.asked[put] = began
        return {**found, "put": put}

    async def address_of(self, key: str) -> str:
        """Ask where a drawing is, as a browser does: not again where it was told so for good."""
        if key in self.kept:
            return self.kept[key]
        answer = await self.browser.get(f"/drawings/{key}")
        address = urljoin(self.stack.url("shop"), answer.headers.get("location", f"/drawings/{key}"))
        if answer.status_code in FOR_GOOD and "no-store" not in answer.headers.get("cache-control", ""):
            self.kept[key] = address
        return address

    async def send(self, put: str, drawing: bytes, *, line: int) -> None:
        """PUT a drawing where the shop said."""
        try:
            answer = await self.browser.put(put, content=drawing)
            code, got, words = answer.status_code, f"{answer.status_code}", answer.text[:300]
        except httpx.TransportError as closed:
            code, got, words = 0, "it hung up", type(closed).__name__
        age = time.monotonic() - self.asked[put]
        if code == 403 and age > UPLOAD_SECONDS - 1:  # its time is rounded down to whole seconds
            raise too_busy(f"the store was reached {age:.1f} s after its address was asked for")
        evidence = [f"PUT {put}", words]
        sentence = "the store takes the drawing"
        self.judge.claim(200 <= code < 300, sentence, got, evidence=evidence, look="def invite", line=line)

    async def judge_bytes(self) -> None:
        """Judge that a drawing arrives, and that none of the shop's wires carries it, there or back."""
        self.judge.done(f"asked where to PUT a drawing, sent {DRAWING // 1_000_000} MB there, and fetched it again")
        drawing, before = self.judge.draw.randbytes(DRAWING), await self.moved()
        await asyncio.gather(*(self.invited(self.name) for _ in range(COPIES)))  # each takes long for its first one
        invitation = await self.invited(self.name)
        await self.send(invitation["put"], drawing, line=1)
        sent = await self.moved()
        self.judge_flat("in", before, sent, "def invite")
        back = await self.browser.get(f"/drawings/{invitation['key']}", follow_redirects=True)
        self.judge.claim(
            back.content == drawing,
            "what comes back is what was sent",
            f"{back.status_code}, {len(back.content)} bytes",
            evidence=lambda: back.text[:200] if len(back.content) < FLAT else "other bytes",
            look="def show",
            line=1,
        )
        self.judge_flat("out", sent, await self.moved(), "def show")

    def judge_flat(self, way: str, before: dict[str, int], now: dict[str, int], words: str) -> None:
        moved = {wire: now[wire] - before[wire] for wire in now}
        told = " and ".join(f"{count / 1e6:.1f} MB {wire}" for wire, count in moved.items() if count >= FLAT)
        sentence = f"the shop's own bytes-{way} stay flat: the drawing passes it by"
        self.judge.claim(not told, sentence, told, look=words, line=1)

    async def moved(self) -> dict[str, int]:
        """Return the bytes that went over the shop's wires until now, to browsers and to the store."""
        await asyncio.sleep(FRESH * 1.25)
        stats = await asyncio.to_thread(self.stack.stats)
        wires = [stats["outside>shop"], *(one for name, one in stats.items() if name == "shop>s3")]
        names = ("in", "out", "to the store", "from the store")
        return dict(zip(names, (count for one in wires for count in (one.bytes_in, one.bytes_out)), strict=False))

    async def judge_names(self) -> list[Sent]:
        """Judge that drawings of one name, which customers send at the same moment, are as many drawings."""
        self.judge.done(f"had {CUSTOMERS} customers send a {self.same_name} each, at the same moment")
        invitations = await asyncio.gather(*(self.invited(self.same_name) for _ in range(CUSTOMERS)))
        keys = {one["key"] for one in invitations}
        sentence, words = "each drawing has a key of its own", f"{CUSTOMERS} drawings of one name have {len(keys)} keys"
        self.judge.claim(len(keys) == CUSTOMERS, sentence, words, evidence=sorted(keys)[:3], look="def invite", line=2)
        drawings = self.judge.draw.sample([f"{colour} {self.same_name}" for colour in COLOURS], CUSTOMERS)
        sent = [Sent(one["key"], one["put"], text.encode()) for one, text in zip(invitations, drawings, strict=True)]
        await asyncio.gather(*(self.send(one.put, one.drawing, line=2) for one in sent))
        for one in (*sent, *self.judge.draw.sample(sent, CUSTOMERS)):  # also at other copies
            back = await self.browser.get(await self.address_of(one.key))
            words = f"sent {one.drawing!r}, and found {back.status_code} {back.content!r}"[:200]
            sentence = "nobody overwrites another's drawing by its name"
            self.judge.claim(back.content == one.drawing, sentence, words, look="def invite", line=2)
        thief = await self.invited(sent[0].key)
        sentence = "nobody gets another's key by asking for it as a name"
        self.judge.claim(thief["key"] not in keys, sentence, thief["key"], look="def invite", line=2)
        return sent

    async def judge_signatures(self, one: Sent, seen: str) -> None:
        """Judge that an address without its signature, with a changed one, or for another method opens nothing."""
        self.judge.done("tried addresses without their signature, with another key in them, and by another method")
        other = (await self.invited(self.name))["put"]
        asked = {
            "reading without a signature": ("GET", seen.partition("?")[0]),
            "sending without a signature": ("PUT", other.partition("?")[0]),
            "deleting without a signature": ("DELETE", seen.partition("?")[0]),
            "sending over another drawing": ("PUT", urlsplit(other)._replace(path=urlsplit(seen).path).geturl()),
            "sending to an address for reading": ("PUT", seen),
            "reading at an address for sending": ("GET", one.put),
            "a longer time than was signed": ("PUT", longer(other)),
        }
        for what, (method, address) in asked.items():
            answer = await self.browser.request(method, address, content=b"mine" if method == "PUT" else None)
            self.judge.claim(
                answer.status_code == 403,
                f"{what} is refused by the store (403)",
                f"{what}: {answer.status_code}",
                evidence=f"{method} {answer.request.url}"[:160],
                look="def show" if "reading" in what else "def invite",
                line=3,
            )

    async def judge_time(self, key: str, put: str, seen: str, signed: float) -> None:
        """Judge that both kinds of address are good for their time, and end then; who asks again gets a new one.

        ``signed`` is when they were made, by this machine's clock, at the latest; ``key`` is a drawing that is seen.
        """
        self.judge.done(f"used addresses before and after UPLOAD_SECONDS, {UPLOAD_SECONDS} here, were over")
        await asyncio.sleep(signed + EARLY * UPLOAD_SECONDS - time.time())
        await self._judge_address("PUT", put, signed, is_good=True)
        await self._judge_address("GET", seen, signed, is_good=True)
        await asyncio.sleep(signed + UPLOAD_SECONDS + OVER - time.time())
        await self._judge_address("PUT", put, signed, is_good=False)
        await self._judge_address("GET", seen, signed, is_good=False)
        again = await self.browser.get(await self.address_of(key))
        sentence = "who asks for a drawing again, later, is led to a new address"
        words = f"{again.status_code}, {'kept by the browser: the redirect is for good' if key in self.kept else ''}"
        self.judge.claim(again.status_code == 200, sentence, words.rstrip(", "), look="def show", line=3)

    async def _judge_address(self, method: str, address: str, signed: float, *, is_good: bool) -> None:
        answer = await self.browser.request(method, address, content=b"late" if method == "PUT" else None)
        age, code = time.time() - signed, answer.status_code
        if is_good and code == 403 and age > UPLOAD_SECONDS - 1:
            raise too_busy(f"the store was reached {age:.1f} s after the address was made")
        sentences = {True: f"is still good after {EARLY:g} of it", False: "is refused when it is over (403)"}
        self.judge.claim(
            code < 300 if is_good else code == 403,
            f"an address holds for UPLOAD_SECONDS, {UPLOAD_SECONDS} here: a {method} {sentences[is_good]}",
            f"{code}, {age:.1f} s after it was made",
            evidence=signed_for(answer),
            look="def show" if method == "GET" else "def invite",
            line=3,
        )


COLOURS = ("red", "blue", "green", "white", "black", "yellow", "grey", "brown", "purple", "pink", "orange", "golden")


def signed_for(answer: Any) -> str:
    """Quote for how long an address says that it was signed."""
    seconds = answer.request.url.params.get("X-Amz-Expires")
    return f"signed in the address: X-Amz-Expires={seconds}, in seconds" if seconds else f"{answer.request.url}"[:160]


def longer(address: str) -> str:
    """Add a second to how long an address says that it holds."""
    url = httpx.URL(address)
    return str(url.copy_set_param("X-Amz-Expires", str(int(url.params.get("X-Amz-Expires", "0")) + 1)))
