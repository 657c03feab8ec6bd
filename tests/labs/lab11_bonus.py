"""Exercise 11.3: orders whose bonus is paid, lost, and replayed; the fund's ledger says what was asked of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import httpx

from capsize.check import Judge
from capsize.check.kit import during
from workbench.harbour_control import Harbourside
from workbench.labs.events_control import BusSide, placed

PAID, ONCE, WINDOW, ALONE = 1, 2, 3, 4  # the acceptance lines
CURRENCIES = ("EUR", "SEK", "NOK", "GBP")
NEIGHBOUR = "neighbour"  # a rule and a queue of somebody else, who wants the same events
Event = dict[str, Any]


class Bonus:
    """Orders, said at moments that are drawn within the last hours, and what the fund was asked for."""

    def __init__(self, judge: Judge, side: BusSide, fund: Harbourside, door: httpx.AsyncClient) -> None:
        self.judge, self.side, self.fund, self.door, self.draw = judge, side, fund, door, judge.draw
        self.orders: dict[str, int] = {}  # the bonus of each, in cents
        self.clock = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=self.draw.count(3, 30))
        self.said: list[Event] = []
        self.zone = timezone(timedelta(hours=self.draw.choice([-7, -3, 2, 9])))
        judge.point(look="async def heard")

    def order(self, **differs: Any) -> Event:
        """Draw an order that is placed some minutes after the one before."""
        self.clock += timedelta(minutes=self.draw.count(1, 5))
        total = self.draw.amount(1000, 90_000)
        event = placed(total_cents=total, currency=self.draw.choice(CURRENCIES), **differs) | {"time": self.clock}
        self.orders[event["detail"]["id"]] = total // 100
        self.said.append(event)
        return event

    def several(self, low: int = 3, high: int = 5) -> list[Event]:
        """Draw some orders, one in euros and one in another currency among them."""
        events = [self.order() for _ in range(self.draw.count(low, high))]
        first, second = self.draw.sample(events, 2)
        first["detail"]["currency"], second["detail"]["currency"] = "EUR", self.draw.choice(CURRENCIES[1:])
        return events

    async def paid(self) -> dict[str, list[int]]:
        """List what the fund has paid for each order."""
        rows = await self.fund.ledger.fetch("SELECT order_id::text, cents FROM harbour.deeds WHERE office = 'fund'")
        found: dict[str, list[int]] = {}
        for order, cents in rows:
            found.setdefault(order, []).append(cents)
        return found

    async def asked(self) -> Counter[str]:
        """Count how often the fund was asked to pay for each order."""
        return Counter(call["order"] for call in await self.fund.calls("fund"))

    async def judge_paid(self, events: list[Event], sentence: str, line: int = PAID) -> None:
        """Judge that these orders were paid their bonus, and all orders once."""
        paid = await self.paid()
        wanted = {one["detail"]["id"]: one for one in events}
        odd = [one for order, one in wanted.items() if self.orders[order] not in paid.get(order, [])]
        words = f"{len(odd)} of {len(events)} were not"
        self.judge.claim(not odd, sentence, words, evidence=[json.dumps(one["detail"]) for one in odd[:1]], line=line)
        twice = [order for order, cents in paid.items() if len(cents) > 1]
        words = f"{len(twice)} were paid more than once"
        self.judge.claim(not twice, "no order is paid its bonus twice", words, line=ONCE)

    async def judge_peace(self) -> None:
        """Judge orders that nothing happens to, and one that the shop says twice."""
        await self.side.listen(NEIGHBOUR, {"source": ["shop.orders"]})
        events = self.several()
        await self.side.put(*events)
        self.judge.done(f"had {len(events)} orders placed, in several currencies, and one of them said twice")
        await self.judge_paid(events, "every order is paid a hundredth of it, whatever its currency")
        await self.side.put(self.draw.choice(events))
        await self.judge_paid(events, "every order is paid a hundredth of it, whatever its currency")

    async def judge_lost_answers(self) -> None:
        """Judge orders for which the fund fails once, or its answer is lost, so that the bus calls again."""
        events = self.several(2, 3)
        self.judge.done(f"had the fund fail once, and lost one of its answers, while {len(events)} more came")
        lost, failed = self.draw.sample([1, 3], 2)
        await self.fund.tell("fund", lose=[lost], fail=[failed])
        await self.side.put(*events)
        await self.judge_paid(events, "an order is paid though the fund failed once, or its answer was lost")

    async def judge_outage(self) -> None:
        """Lose some events: their service cannot be called while they come."""
        self.before = self.several(2, 3)
        await self.side.put(*self.before)
        self.lost = self.several(3, 5)
        async with during(partial(self.side.stack.edge("bus", "bonus").cut)):
            await self.side.put(*self.lost)
        self.after = self.several(2, 3)
        await self.side.put(*self.after)
        self.judge.done(f"lost {len(self.lost)} events while the service was cut off, and had others come after them")
        await self.judge_paid([*self.before, *self.after], "what comes before and after an outage is paid")

    async def replay(self, since: datetime, until: datetime) -> None:
        """Press the button, by the clock of some part of the world."""
        window = {"since": since.astimezone(self.zone).isoformat(), "until": until.astimezone(self.zone).isoformat()}
        answer = await self.door.post("/replay", params=window)
        sentence = "a replay is answered (200)"
        self.judge.claim(answer.status_code == 200, sentence, evidence=answer, look="def replay", line=PAID)

    async def judge_replay(self) -> None:
        """Judge a replay of the outage: from its first event on, and before the first that came after it."""
        since, until = self.lost[0]["time"], self.after[0]["time"]
        before = await self.asked()
        await self.side.take(NEIGHBOUR)
        self.judge.done("replayed from the first lost event on, until the first one after the outage, again cut off")
        async with during(partial(self.side.stack.edge("bus", "bonus").cut)):
            await self.replay(since, until)
        self.judge.done("replayed the same once more")
        await self.replay(since, until)
        await self.judge_paid(self.lost, "what was lost is paid after a replay")
        outside = {one["detail"]["id"] for one in self.said if not since <= one["time"] < until}
        again = [order for order in outside if (await self.asked())[order] > before[order]]
        words = f"the fund was asked again for {len(again)} orders from outside"
        sentence = "a replay brings what was said from since on and before until, and nothing else"
        self.judge.claim(not again, sentence, words, look="def replay", line=WINDOW)
        heard = await self.side.take(NEIGHBOUR)
        words = f"the queue {NEIGHBOUR} of another rule got {len(heard)}"
        sentence = "no other target gets an event again"
        self.judge.claim(not heard, sentence, words, look="def replay", line=ALONE)

    async def judge_again(self) -> None:
        """Judge the same replay again, and one of another window that overlaps it."""
        self.judge.done("killed the service, replayed the same again, and another window that overlaps it")
        await self.fund.kill("bonus")
        await self.replay(self.lost[0]["time"], self.after[0]["time"])
        await self.replay(self.before[-1]["time"], self.after[-1]["time"])
        await self.judge_paid([*self.before, *self.lost, *self.after], "all are paid after more replays")
        heard = await self.side.take(NEIGHBOUR)
        words = f"the queue {NEIGHBOUR} of another rule got {len(heard)}"
        self.judge.claim(not heard, "no other target gets an event again", words, look="def replay", line=ALONE)
