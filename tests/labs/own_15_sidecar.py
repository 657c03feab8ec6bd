"""The check of lab 15's task on your own: a certificate is replaced again and again, while customers come and go."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from capsize.check import Judge, exercise
from capsize.check.kit import until
from capsize.session.running import RunningStack
from workbench.labs.certificates import HOST, Authority, Pair, SecretVolume, new_key

SOON, SLACK = 1.0, 1.0  # seconds: the second for a busy machine
WITHIN = 15.0  # seconds in which customers have some answers more, on a busy machine too
STAYING, PASSING = 3, 2  # customers who keep one connection, and those who open one for each question
PAUSE, RUSH = 0.05, 0.03  # seconds between two questions of a customer, and between two pairs that come in a rush
REQUEST = f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
GONE = (OSError, asyncio.IncompleteReadError, TimeoutError)  # ssl.SSLError is an OSError


@dataclass(frozen=True)
class Visit:
    """A connection that was opened: when that began, the certificate that it was shown, or why it has failed."""

    began: float
    serial: int | None
    failure: str = ""

    def __str__(self) -> str:
        return f"a new connection: {self.failure or f'certificate {self.serial:x}'}"


class Customer:
    """One connection of a customer."""

    def __init__(self, address: str, trusts: ssl.SSLContext) -> None:
        self._host, _, self._port = address.partition(":")
        self._trusts = trusts
        self.serial = 0

    async def open(self) -> None:
        """Open it. Raises one of GONE."""
        async with asyncio.timeout(WITHIN):
            self._reader, self._writer = await asyncio.open_connection(
                self._host, int(self._port), ssl=self._trusts, server_hostname=HOST
            )
        shown = self._writer.get_extra_info("peercert")
        self.serial = int(shown["serialNumber"], 16)

    async def ask(self) -> None:
        """Ask one question, and hear the answer to its end. Raises one of GONE."""
        async with asyncio.timeout(WITHIN):
            self._writer.write(REQUEST)
            head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
            length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
            await self._reader.readexactly(int(length.partition(b":")[2]))

    def close(self) -> None:
        self._writer.transport.abort()


class Harbour:
    """Customers at the door, the authority that they trust, and the folder in which pairs are replaced."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        self.authority, self.volume = Authority(), SecretVolume(stack.folder / "volume-pair")
        self.trusts, self.key = self.authority.trusted(), new_key()
        self.visits: list[Visit] = []
        self.broken: list[str] = []  # connections that were open, and have ended
        self.answers = 0  # of connections that stay
        self.right = Pair(0, b"", b"")  # the last pair that is one
        judge.point(look="load_cert_chain", evidence=lambda: self.story([str(one) for one in self.visits[-3:]]))

    def story(self, lines: list[str]) -> list[str]:
        """Quote some lines, what became of the door's process, and the last lines of its log."""
        return [*lines[:3], *self.judge.story(self.stack, "door")[-3:], *self.stack.logs("door").splitlines()[-6:]]

    def issue(self) -> Pair:
        """Issue a new certificate, over another key or over the same."""
        return self.authority.issue(self.key)

    def put(self, pair: Pair, **instead: bytes | None) -> None:
        """Put a pair into the folder; ``crt`` and ``key`` are what a file has instead, and None is no file."""
        files = {"crt": pair.certificate, "key": pair.key} | instead
        self.volume.replace({f"tls.{name}": content for name, content in files.items() if content is not None})

    async def visit(self) -> Visit:
        """Open a connection, ask one question, and close it."""
        began, one = time.monotonic(), Customer(self.stack.url("door"), self.trusts)
        try:
            await one.open()
            await one.ask()
            visit = Visit(began, one.serial)
            one.close()
        except GONE as error:
            visit = Visit(began, None, f"{type(error).__name__} {error}".strip())
        self.visits.append(visit)
        return visit

    async def keep_passing(self) -> None:
        while True:
            await self.visit()
            await asyncio.sleep(PAUSE)

    async def keep_staying(self, number: int) -> None:
        """Ask again and again over one connection, until it ends."""
        one = Customer(self.stack.url("door"), self.trusts)
        try:
            await one.open()
            while True:
                await one.ask()
                self.answers += 1
                await asyncio.sleep(PAUSE)
        except GONE as error:
            self.broken.append(f"connection {number}: {type(error).__name__} {error}".strip())

    async def until_asked(self) -> None:
        """Wait until all who come, and all who stay, have had some answers more."""
        seen, answers = len(self.visits), self.answers
        await until(
            lambda: len(self.visits) >= seen + 3 * PASSING and (self.broken or self.answers >= answers + 3 * STAYING),
            "customers are answered",
            within=WITHIN,
            line=2,
        )

    async def judge_new(self, pair: Pair, *, line: int = 1) -> None:
        """Judge that new connections get a pair within a second, that they keep to it, and that nobody is lost."""
        last = time.monotonic() + SOON + SLACK
        while not (is_new := await self.shows(pair)) and time.monotonic() < last:
            await asyncio.sleep(PAUSE)
        self.judge_nobody_is_lost()
        sentence = f"within {SOON:g} s new connections get the new certificate"
        self.judge.claim(is_new, sentence, f"not within {SOON + SLACK:g} s", line=line)
        await self.judge_all_get(pair, "the new certificate stays at the door", line=line)

    async def judge_all_get(self, pair: Pair, sentence: str, *, line: int) -> None:
        """Judge that each connection from now on gets a pair, for as long as customers have some answers more."""
        since = time.monotonic()
        await self.until_asked()
        self.judge_nobody_is_lost(line)
        others = [one for one in self.visits if one.began > since and one.serial != pair.serial]
        words = f"{len(others)} new connections got another one"
        self.judge.claim(not others, sentence, words, evidence=others[:3], line=line)

    async def shows(self, pair: Pair) -> bool:
        return (await self.visit()).serial == pair.serial

    def judge_nobody_is_lost(self, line: int = 2) -> None:
        """Judge that no connection was refused, and that none that was open has ended."""
        failed = [str(one) for one in self.visits if one.failure]
        words = f"{len(failed)} of {len(self.visits)} failed"
        self.judge.claim(not failed, "no new connection fails", words, evidence=self.story(failed), line=line)
        words = f"{len(self.broken)} of {STAYING} ended"
        self.judge.claim(
            not self.broken, "a connection that is open goes on", words, evidence=self.story(self.broken), line=2
        )


@exercise("15.own", deadline=90, uncontained="it writes into a folder of the pod's, as the platform does")
async def test_a_certificate_is_replaced(stack: RunningStack, judge: Judge):
    """Each new pair is in use a moment later, nobody's connection fails or ends, and what is no pair is never shown."""
    harbour = Harbour(stack, judge)
    await judge_first(judge, harbour)
    async with asyncio.TaskGroup() as group:
        customers = [group.create_task(harbour.keep_staying(number + 1)) for number in range(STAYING)]
        customers += [group.create_task(harbour.keep_passing()) for _ in range(PASSING)]
        await harbour.until_asked()
        await judge_right(judge, harbour)
        await judge_rush(judge, harbour)
        await judge_wrong(judge, harbour)
        for customer in customers:
            customer.cancel()


async def judge_first(judge: Judge, harbour: Harbour) -> None:
    """Judge that the first pair is shown."""
    judge.done("put a first pair into the folder")
    harbour.put(pair := harbour.issue())
    sentence = "the first certificate is shown at the door"
    await judge.eventually(lambda: harbour.shows(pair), sentence, "it is not", within=WITHIN, line=1)
    harbour.visits.clear()  # who came before there was one


async def judge_right(judge: Judge, harbour: Harbour) -> None:
    """Judge pairs that come one by one: some with another key, and one with the same, in any order."""
    keys = [True, True, False]
    judge.draw.shuffle(keys)
    words = ", ".join("with a new key" if is_new else "with the same key" for is_new in keys)
    judge.done(f"replaced the pair three times, while customers came and went: {words}")
    for is_new in keys:
        harbour.key = new_key() if is_new else harbour.key
        harbour.put(pair := harbour.issue())
        await harbour.judge_new(pair)


async def judge_rush(judge: Judge, harbour: Harbour) -> None:
    """Judge many pairs that come faster than anybody has to look."""
    number = judge.draw.count(12, 20)
    judge.done(f"replaced it {number} times in a rush")
    for _ in range(number):
        harbour.key = new_key()
        harbour.put(pair := harbour.issue())
        await asyncio.sleep(judge.draw.uniform(0, RUSH))
    await harbour.judge_new(pair)
    harbour.right = pair


async def judge_wrong(judge: Judge, harbour: Harbour) -> None:
    """Judge what is no pair, in any order: the one before stays, and the next that is one is shown."""
    kinds = list(NO_PAIR)
    judge.draw.shuffle(kinds)
    for kind in kinds:
        judge.done(f"put a certificate with {kind} into the folder, and a right pair after a while")
        harbour.key = new_key()
        harbour.put(pair := harbour.issue(), **NO_PAIR[kind](pair))
        await asyncio.sleep(SOON)
        await harbour.judge_all_get(harbour.right, "the last right certificate stays while there is no pair", line=3)
        harbour.key = new_key()
        harbour.put(pair := harbour.issue())
        await harbour.judge_new(pair, line=3)
        harbour.right = pair


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


NO_PAIR: dict[str, Callable[[Pair], dict[str, bytes | None]]] = {
    "the key of another": lambda _: {"key": Authority().issue(new_key()).key},
    "no key": lambda _: {"key": None},
    "half of its key": lambda pair: {"key": half(pair.key)},
    "half of its text": lambda pair: {"crt": half(pair.certificate)},
}
