"""Exercise 4.2: a watch that hears of changes, stock that hangs or is slow, and customers who have gone."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import grpc
import grpc.aio

from capsize.check import Judge
from capsize.check.kit import account, during, until
from capsize.session.running import RunningStack
from shop.grpc_channel import open_channel
from shop.stock_pb2 import Sku
from shop.stock_pb2_grpc import StockStub
from workbench.customers import Answer, Customers
from workbench.labs.communication_shop import Backstage

WATCH, DEADLINE, ENDED = 1, 2, 3  # the acceptance lines
PATIENCE = 2.5  # seconds that the shop waits: not what it waits by default
EARLY, LATE = 0.2, 3.0  # seconds before PATIENCE is over, and after it on a busy machine
SOON = 5.0  # seconds until a watch says a change, on a busy machine too
TRICKLE = 0.3  # seconds between two deliveries that are too small
QUIET = 0.6  # seconds in which nothing changes
ENDED_WITHIN = 1.0  # less than half of PATIENCE: by itself a watch ends when that is over


class Counter:
    """The shop, which asks stock, and stock itself."""

    def __init__(self, stack: RunningStack, judge: Judge, backstage: Backstage, customers: Customers) -> None:
        self.stack, self.judge, self.backstage, self.customers = stack, judge, backstage, customers
        self.skus = judge.draw.names(4)

    @asynccontextmanager
    async def stub(self) -> AsyncIterator[Any]:
        """Open a channel to stock, as the shop does."""
        async with open_channel(self.stack.url("stock").removeprefix("http://")) as channel:
            yield StockStub(channel)

    async def judge_watch(self) -> None:
        """Judge what two watches say while pieces come and go."""
        self.judge.point(look="class Stock", line=WATCH)
        mine, other, *_ = self.skus
        counts = self.judge.draw.sample(range(1, 900), 5)
        await self.backstage.put_all({mine: counts[0], other: counts[0]})
        self.judge.done(f"watched {mine}, while {len(counts) - 1} deliveries came")
        async with self.stub() as stub:
            watch, second = stub.Watch(Sku(sku=mine), timeout=30), stub.Watch(Sku(sku=mine), timeout=30)
            for first in (watch, second):
                await self._hear(first, counts[0], "a watch says at once how many pieces there are")
            for count in counts[1:]:
                await self.backstage.put(other, count)
                await self.backstage.put(mine, count)
                for each in (watch, second):
                    await self._hear(each, count, "a watch says each change, and those of that thing alone")
            await self._judge_silence(watch)
            watch.cancel()
            second.cancel()
            await self._judge_unknown(stub)

    async def _hear(self, watch: Any, count: int, sentence: str) -> None:
        try:
            told = (await asyncio.wait_for(watch.read(), SOON)).pieces
        except TimeoutError:
            told = "nothing"
        except (grpc.aio.AioRpcError, AttributeError) as error:  # it has ended
            told = getattr(error, "code", lambda: None)() or "the end of the watch"
        self.judge.claim(told == count, sentence, f"{told}, where there are {count}")

    async def _judge_silence(self, watch: Any) -> None:
        heard = asyncio.ensure_future(watch.read())
        done, _ = await asyncio.wait([heard], timeout=QUIET)
        self.judge.claim(not done, "a watch says nothing while nothing changes", "it says something")
        heard.cancel()

    async def _judge_unknown(self, stub: Any) -> None:
        nobodys = Sku(sku=f"{self.skus[0]}-that-nobody-sells")
        sentence = "what is not sold ends a watch, and a call, with NOT_FOUND"
        for ask in (stub.Get(nobodys, timeout=SOON), stub.Watch(nobodys, timeout=SOON).read()):
            try:
                got = str(await ask)
            except grpc.aio.AioRpcError as error:
                got = error.code().name
            self.judge.claim(got == "NOT_FOUND", sentence, got)

    async def judge_arrivals(self) -> None:
        """Judge customers who wait for a delivery that comes, or does not."""
        self.judge.point(look="async def arrived")
        sku, wanted = self.skus[2], self.judge.draw.count(20, 60)
        await self.backstage.put(sku, wanted - 9)
        self.judge.done(f"had customers wait for {wanted} pieces, of which 9 lacked; then some came, and then more")
        in_vain = asyncio.create_task(self.wait_for(sku, wanted + 99))
        waiting = [asyncio.create_task(self.wait_for(sku, wanted)) for _ in range(3)]
        await until(partial(self.are_open, 4), "a customer who waits has a watch", within=SOON, line=DEADLINE)
        await self.backstage.put(sku, wanted - 1)
        await self.backstage.put(sku, wanted + 2)
        answers = await asyncio.gather(*waiting)
        account(self.judge, answers, expected={"200"}, sentence="a delivery ends the wait (200)", line=DEADLINE)
        told = {answer.body["pieces"] for answer in answers}
        sentence = "a customer who waited is told how many there are"
        self.judge.claim(told == {wanted + 2}, sentence, told, line=DEADLINE)
        await self.judge_ended("a customer who has an answer leaves no watch open", still=1)
        trickle = asyncio.create_task(self._deliver_little(sku, wanted))
        late = await self.answered(in_vain)
        trickle.cancel()
        self._judge_late(late, "so many were not delivered")
        await self.judge_ended("a customer who was told 504 leaves no watch open")

    async def _deliver_little(self, sku: str, wanted: int) -> None:
        """Go on delivering, never enough: news on a stream are no reason to wait for longer."""
        for number in itertools.count():
            await self.backstage.put(sku, wanted - number % 2)
            await asyncio.sleep(TRICKLE)

    def wait_for(self, sku: str, pieces: int) -> Any:
        return self.customers.read(f"/stock/{sku}/arrived?pieces={pieces}")

    async def are_open(self, count: int) -> bool:
        return self.backstage.under_way("shop", "stock") >= count

    async def judge_ended(self, sentence: str, *, still: int = 0) -> None:
        """Judge that no more calls of stock are under way than there are customers who wait."""
        began = time.monotonic()

        def got() -> str:
            return f"{self.backstage.under_way('shop', 'stock') - still} more after {time.monotonic() - began:.1f} s"

        def is_over() -> bool:
            return self.backstage.under_way("shop", "stock") <= still

        await self.judge.eventually(is_over, sentence, got, within=ENDED_WITHIN, line=ENDED)

    def _judge_late(self, answers: list[Answer], why: str) -> None:
        sentence = f"who asks stock is told 504 when PATIENCE is over: {why}"
        account(self.judge, answers, expected={"504"}, sentence=sentence, line=DEADLINE)
        times = [answer.seconds for answer in answers]
        sentence = f"it is told so after PATIENCE, which is {PATIENCE:g} s, and not much later: {why}"
        holds = all(PATIENCE - EARLY < seconds < PATIENCE + LATE for seconds in times)
        self.judge.claim(holds, sentence, f"after {min(times):.2f} to {max(times):.2f} s", line=DEADLINE)

    async def judge_hangs(self) -> None:
        """Judge customers while stock hangs, and while its answers take most of the time that there is."""
        self.judge.point(look="async def on_hand")
        sku, pieces = self.skus[3], self.judge.draw.count(5, 60)
        await self.backstage.put(sku, pieces)
        edge = self.stack.edge("shop", "stock")
        words, fault = self.judge.draw.choice(
            [
                ("stock hangs", self.stack.instance("stock-1").pause),
                ("its wire holds all that goes in", partial(edge.delay, 60_000)),
            ]
        )
        self.judge.done(f"asked for pieces, and waited for some, while {words}")
        async with during(fault):
            asks = self.customers.read(f"/stock/{sku}"), self.wait_for(sku, pieces)
            self._judge_late(await self.answered(*asks), "nothing answers")
        self.judge.done("asked once more, with answers that take half of PATIENCE")
        async with during(partial(edge.delay, 500 * PATIENCE)):
            slow = await self.answered(self.customers.read(f"/stock/{sku}"), self.wait_for(sku, pieces))
        sentence = "an answer that comes within PATIENCE is given to the customer (200)"
        account(self.judge, slow, expected={"200"}, sentence=sentence, line=DEADLINE)
        told = {answer.body["pieces"] for answer in slow}
        self.judge.claim(told == {pieces}, "and it is the right one", told, line=DEADLINE)
        await self.judge_ended("nothing is left under way at the end")

    async def answered(self, *asks: Any) -> list[Answer]:
        """Return the answers, or refuse where they do not come at all."""
        tasks = [asyncio.ensure_future(ask) for ask in asks]
        _, late = await asyncio.wait(tasks, timeout=PATIENCE + LATE)
        for task in late:
            task.cancel()
        sentence = f"who asks stock is answered when PATIENCE, {PATIENCE:g} s, is over"
        words = f"{len(late)} of {len(tasks)} still wait after {PATIENCE + LATE:g} s"
        self.judge.claim(not late, sentence, words, line=DEADLINE)
        return [task.result() for task in tasks]
