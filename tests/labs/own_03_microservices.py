"""The check of lab 03's task on your own: a bank that fails in each form, a death, a crowd for one order's money."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg

from capsize.check import Judge, exercise
from capsize.check.kit import account, database, forms
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from workbench.customers import Answer, Customers, anonymous, tally
from workbench.harbour_control import DONE_WITHIN, Harbourside

TWINS, CROWD, MANY = 6, 8, 25  # the last: more than the service has connections to its database
ANSWERED_WITHIN, READ_WITHIN = 3.0, 1.0  # seconds
ASK = "bank.give_back"


@dataclass(frozen=True)
class Wish:
    """What a customer wants back, under the key that stays theirs."""

    order: str
    cents: int
    key: str


@dataclass
class Refunds:
    """The refunds' customers, the service's database, and the bank's ledger."""

    stack: RunningStack
    judge: Judge
    desk: Customers
    db: asyncpg.Connection
    bank: Harbourside

    async def new(self, paid: int) -> str:
        """Have an order that was paid."""
        order = str(UUID(int=self.judge.draw.getrandbits(128), version=4))
        await self.db.execute("INSERT INTO refunds.orders VALUES ($1, $2)", order, paid)
        return order

    async def wish(self) -> Wish:
        """Have somebody want a part of an order of theirs back."""
        paid = self.judge.draw.amount(900, 90_000)
        return Wish(await self.new(paid), self.judge.draw.amount(100, paid - 1), str(uuid4()))

    async def ask(self, wish: Wish) -> Answer:
        json, headers = {"order_id": wish.order, "cents": wish.cents}, {"Idempotency-Key": wish.key}
        return await self.desk.ask("POST", "/refunds", json=json, headers=headers)

    async def insist(self, wish: Wish) -> Answer:
        """Ask until there is an answer that is no 5xx and no silence, or it takes too long."""
        answers: list[Answer] = []

        async def decided() -> Answer | None:
            answers.append(await self.ask(wish))
            return answers[-1] if answers[-1].kind.startswith(("2", "4")) else None

        return await came_true(decided, DONE_WITHIN) or answers[-1]

    async def given(self) -> Counter[str]:
        """Sum what the bank gave back, by order."""
        rows = await self.bank.ledger.fetch("SELECT order_id::text, cents FROM harbour.deeds WHERE office = 'fund'")
        total = Counter[str]()
        for order, cents in rows:
            total[order] += cents
        return total

    async def judge_once(self, wishes: list[Wish], sentence: str, *, line: int = 1) -> None:
        """Judge that the bank gave each wish's order back what was wished, and our books say the same."""
        given, wanted = await self.given(), Counter[str]()
        for wish in wishes:
            wanted[wish.order] += wish.cents
        wrong = [
            f"order {order}: {given[order]} cents instead of {wanted[order]}"
            for order in wanted
            if given[order] != wanted[order]
        ]
        self.judge.claim(
            not wrong, sentence, f"{len(wrong)} of {len(wanted)} orders differ", evidence=wrong[:3], look=ASK, line=line
        )
        books = {order: (await self.desk.read(f"/refunds/{order}")).body["cents"] for order in wanted}
        odd = [
            f"order {order}: {cents} in the books, {given[order]} given"
            for order, cents in books.items()
            if cents != given[order]
        ]
        self.judge.claim(
            not odd,
            "the books say what the bank gave back",
            f"{len(odd)} differ",
            evidence=odd[:3],
            look=ASK,
            line=line,
        )


@exercise("3.own", deadline=150)
async def test_money_is_given_back_once(stack: RunningStack, judge: Judge):
    """Through each form of a bank that fails, twins and a death, each refund is made once, and none too many."""
    judge.point(look="async def refund")
    async with Harbourside(stack) as bank, database(stack) as db, anonymous(stack.url("refunds"), at_once=100) as desk:
        refunds = Refunds(stack, judge, desk, db, bank)
        await judge_forms(judge, refunds)
        await judge_twins(judge, refunds)
        await judge_death(judge, refunds)
        await judge_crowd(judge, refunds)
        await judge_patience(judge, refunds)


async def judge_forms(judge: Judge, refunds: Refunds) -> None:
    """Judge requests that are repeated through each form of failure."""
    wishes, during = [], []
    names = []
    for form in forms(refunds.stack.edge("refunds", "harbour")):
        wishes.append(await refunds.wish())
        names.append(form.name)
        async with form:
            during += [await refunds.ask(wishes[-1]), await refunds.ask(wishes[-1])]
        during.append(await refunds.insist(wishes[-1]))
    judge.done(f"asked for refunds, each twice while the bank {', '.join(names)}, and once more when all was well")
    account(judge, during, expected=("201", "503"), line=1)
    undone = [answer for answer in during[2::3] if answer.kind != "201"]
    judge.claim(not undone, "asked again, a refund succeeds (201)", f"{tally(undone)}", evidence=undone[:2], line=1)
    await refunds.judge_once(wishes, "each of them is given back once")


async def judge_twins(judge: Judge, refunds: Refunds) -> None:
    """Judge the same request that comes several times at the same moment."""
    wish = await refunds.wish()
    judge.done(f"sent one request {TWINS} times at the same moment")
    await refunds.bank.tell("fund", ms=150)  # so that all of them are there before the first is done
    answers = await asyncio.gather(*(refunds.ask(wish) for _ in range(TWINS)))
    await refunds.bank.tell("fund")
    account(judge, [*answers, await refunds.insist(wish)], expected=("201", "503"), line=1)
    await refunds.judge_once([wish], "what is asked for by twins is given back once")


async def judge_death(judge: Judge, refunds: Refunds) -> None:
    """Judge a service that dies when the bank has acted, and before it has heard so."""
    wish = await refunds.wish()
    judge.done("killed the service when the bank had given the money and not yet answered, and asked again")
    await refunds.bank.tell("fund", hold={1: "after"})
    asking = asyncio.create_task(refunds.ask(wish))
    await judge.eventually(refunds.bank.holds, "the bank is asked", within=DONE_WITHIN, line=1)
    await asyncio.to_thread(refunds.stack.instance("refunds-1").kill)
    await refunds.bank.release()
    await asking
    answer = await refunds.insist(wish)
    judge.claim(
        answer.placed, "asked again after a death, a refund succeeds (201)", f"{answer.kind} {answer.body}", line=1
    )
    await refunds.judge_once([wish], "after a death in between the money is given back once")


async def judge_crowd(judge: Judge, refunds: Refunds) -> None:
    """Judge many different refunds of one order at the same moment, more than was paid for it."""
    cents = judge.draw.amount(300, 900)
    paid = cents * (CROWD // 2) + judge.draw.count(1, cents - 1)
    order = await refunds.new(paid)
    wishes = [Wish(order, cents, str(uuid4())) for _ in range(CROWD)]
    judge.done(f"had {CROWD} refunds of {cents} cents asked for at the same moment, of an order of {paid} cents")
    await refunds.bank.tell("fund", ms=50)
    answers = await asyncio.gather(*map(refunds.insist, wishes))
    await refunds.bank.tell("fund")
    account(judge, answers, expected=("201", "409"), line=2)
    given = (await refunds.given())[order]
    judge.claim(given <= paid, "no more is given back than was paid", f"{given} of {paid} cents", line=2)
    done = [wish for wish, answer in zip(wishes, answers, strict=True) if answer.placed]
    sentence = "as many refunds succeed as the order has money for"
    judge.claim(len(done) == CROWD // 2, sentence, f"{len(done)} of {CROWD // 2}", line=2)
    await refunds.judge_once(done, "two keys are two refunds, of the same order too", line=2)


async def judge_patience(judge: Judge, refunds: Refunds) -> None:
    """Judge how the service answers while the bank hangs and many ask."""
    wishes = [await refunds.wish() for _ in range(MANY)]
    judge.done(f"had {MANY} customers ask for refunds while the bank hangs, and one for what was given back")
    hangs = forms(refunds.stack.edge("refunds", "harbour"))[1]
    async with hangs:
        asking = [asyncio.create_task(refunds.ask(wish)) for wish in wishes]
        in_flight = refunds.stack.edge("refunds", "harbour").stats
        is_asked = await came_true(lambda: asyncio.to_thread(lambda: in_flight().in_flight), READ_WITHIN)
        read = await refunds.desk.read(f"/refunds/{wishes[0].order}")
        answers = await asyncio.gather(*asking)
    account(judge, answers, expected=("503",), sentence="while the bank hangs, each is answered 503", line=3)
    late = [answer for answer in answers if answer.seconds > ANSWERED_WITHIN]
    words = f"{len(late)} of {MANY} took longer, {max(answer.seconds for answer in answers):.1f} s at most"
    judge.claim(not late, f"each is answered within {ANSWERED_WITHIN:g} s", words, look=ASK, line=3)
    is_quick = read.kind == "200" and read.seconds < READ_WITHIN
    words = f"{read.kind} after {read.seconds:.1f} s{'' if is_asked else ', while nobody asked the bank'}"
    judge.claim(is_quick, f"what was given back is told within {READ_WITHIN:g} s meanwhile", words, look=ASK, line=3)
