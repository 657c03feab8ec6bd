"""Exercise 9.1: the bank keeps calls, payments has no free place, and each customer brings a time of their own."""

from __future__ import annotations

import asyncio

from lab09_stack import judge_books

from capsize.check import Judge
from capsize.check.kit import account, until
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers
from workbench.labs.resilience_control import Bankside, order_of

PLACES, WORK, PATIENCE = 3, 0.4, 8.0  # of payments, in seconds, and of a customer who says nothing
IN_TIME, TRAVELS, NOT_BEGUN = 1, 2, 3  # the acceptance lines
GIVEN_UP = {"503", "504"}  # both hops give up at the same moment, and the shop may hear of it
EARLY, LATE = 0.8, 4.0  # of the time that was given, and seconds after it on a busy machine
PATIENT, LONG, SHORT = (18, 19), (4, 6), (1.0, 1.6)  # seconds that customers wait
QUEUE = 36  # customers who wait for a place in vain; to work for all of them would take 4.8 s
NEXT = 3.0  # seconds that the next customer waits
HEARD_WITHIN, ROUNDED = 15.0, 0.02  # seconds


class Deadlines:
    """Customers of the shop, the places of payments, and the bank that keeps calls."""

    def __init__(self, stack: RunningStack, judge: Judge, bank: Bankside, customers: Customers) -> None:
        self.stack, self.judge, self.bank, self.customers = stack, judge, bank, customers
        self.keys: list[str] = []
        judge.point(look="def begin")

    async def order(self, seconds: float | None) -> Answer:
        """Place an order, and say in the header how long one waits, if one says it."""
        key = f"{self.judge.draw.names(1)[0]} {len(self.keys)}"
        self.keys.append(key)
        said = {} if seconds is None else {"X-Time-Left": f"{seconds:.2f}"}
        cart = {"shackle": self.judge.draw.count(1, 5)}
        return await self.customers.ask(
            "POST", "/orders", json={"lines": cart}, headers={"Idempotency-Key": key, **said}
        )

    def time(self, times: tuple[float, float]) -> float:
        return self.judge.draw.uniform(*times)

    async def judge_travel(self) -> None:
        """Judge what the bank is told, of customers who say how long they wait and of those who do not."""
        self.judge.done("placed orders with and without the header in calm, and read what the bank was told")
        for seconds in (self.time(LONG), None, self.time(PATIENT)):
            answer = await self.order(seconds)
            sentence = "an order with enough time left is placed (201)"
            account(self.judge, [answer], expected={"201"}, sentence=sentence, line=TRAVELS)
            await self._judge_told(answer, seconds or PATIENCE)

    async def _judge_told(self, answer: Answer, seconds: float) -> None:
        heard = await self.bank.heard(answer.key)
        told = _number(heard[-1]) if heard else None
        words = f"it was told {heard[-1] if heard else None!r}, and the order took {answer.seconds:.2f} s in all"
        sentence = f"of {seconds:.2f} s, the bank is told what is left after {WORK:g} s of work at payments"
        most, least = min(seconds, PATIENCE) - WORK, min(seconds, PATIENCE) - answer.seconds
        is_right = told is not None and least - ROUNDED <= told <= max(most, seconds - WORK) + ROUNDED
        self.judge.claim(is_right, sentence, words, look="await send", line=TRAVELS)

    async def judge_kept_calls(self) -> None:
        """Judge who waits for how long while the bank keeps the calls at all places, and that places get free."""
        self.judge.done(f"had the bank keep the calls of {PLACES} customers, and then serve another one")
        for seconds in (self.time(SHORT), None):
            await self.bank.tell("bank", hold=dict.fromkeys(range(1, PLACES + 1), "before"))
            answers = await asyncio.gather(*(self.order(seconds) for _ in range(PLACES)))
            self._judge_times(answers, seconds or PATIENCE)
            held = len(await self.bank.holds())
            sentence = "payments has a free place when its customers are gone, though the bank still keeps their calls"
            answer = await self.order(self.time(LONG))
            words = f"the next order was answered {answer.kind}, with {held} calls at the bank"
            self.judge.claim(answer.placed, sentence, words, look="timeout", line=IN_TIME)
            await self.bank.release()

    def _judge_times(self, answers: list[Answer], seconds: float) -> None:
        sentence = "a customer whose time is over is told so (503 or 504)"
        account(self.judge, answers, expected=GIVEN_UP, sentence=sentence, look="timeout", line=IN_TIME)
        times = sorted(answer.seconds for answer in answers)
        words = f"answers after {', '.join(f'{one:.1f}' for one in times)} s"
        sentence = f"who waits for {seconds:.1f} s has an answer when that time is over"
        in_time = EARLY * seconds <= times[0] and times[-1] <= seconds + LATE
        self.judge.claim(in_time, sentence, words, look="timeout", line=IN_TIME)

    async def judge_line(self) -> None:
        """Judge what becomes of requests that wait for a place until nobody waits for them."""
        self.judge.done(f"had the bank keep {PLACES} calls, and {QUEUE} customers wait for a place until they had gone")
        await self.bank.tell("bank", hold=dict.fromkeys(range(1, PLACES + 1), "after"))
        patient = [asyncio.create_task(self.order(self.time(PATIENT))) for _ in range(PLACES)]
        await until(self._all_held, "all places are taken", within=HEARD_WITHIN, line=NOT_BEGUN)
        begun = len(self.keys)
        gone = await asyncio.gather(*(self.order(self.time(SHORT)) for _ in range(QUEUE)))
        account(self.judge, gone, expected=GIVEN_UP, sentence="nobody of them is told 201", line=IN_TIME)
        await self.bank.release()
        sentence = f"the next customer is served within {NEXT:g} s: places are not taken for those who have gone"
        after = [await self.order(NEXT)]
        account(self.judge, after, expected={"201"}, sentence=sentence, look="def check", line=NOT_BEGUN)
        sentence = "those who were patient have their orders (201)"
        served = await asyncio.gather(*patient)
        account(self.judge, served, expected={"201"}, sentence=sentence, line=NOT_BEGUN)
        await self._judge_not_begun(self.keys[begun : begun + QUEUE])

    async def _all_held(self) -> bool:
        return len(await self.bank.holds()) == PLACES

    async def _judge_not_begun(self, keys: list[str]) -> None:
        ids = {order_of(key) for key in keys}
        begun = [call["order"] for call in await self.bank.calls("bank") if call["order"] in ids]
        words = f"it heard of {len(begun)} of {QUEUE}"
        sentence = "the bank does not hear of requests for which nobody waited any more"
        self.judge.claim(not begun, sentence, words, look="def check", line=NOT_BEGUN)

    async def judge_books(self) -> None:
        """Judge the bank's ledger."""
        await judge_books(self.judge, self.bank, self.customers.answers, NOT_BEGUN)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
