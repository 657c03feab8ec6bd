"""Exercise 9.6: the learner's expectations meet shops with breakers, right ones and wrong ones of the bank.

The learner's file runs here, in the check; each breaker is in a shop of its own, on a wire of its own.
"""

from __future__ import annotations

import asyncio
import runpy
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from capsize.check import Judge
from capsize.check.kit import during
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from capsize.stack.model import Stack, Volume
from workbench.customers import Answer, Customers, anonymous
from workbench.labs.resilience_stack import guarded

VALID, THOROUGH = 1, 2  # the acceptance lines
ROOT = Path(__file__).parents[2]
NAMES = ("expect_closed", "expect_open", "expect_half_open")
MISTAKES = (  # of the bank of 9.3: what three expectations can hold
    "9.3_a_switch",
    "9.3_half_open_is_wide_open",
    "9.3_open_for_ever",
    "9.3_failures_in_all",
    "9.3_a_refusal_is_a_failure",
    "9.3_only_errors_count",
    "9.3_customers_wait_until_it_closes",
)
ENDS_WITHIN = 40.0  # seconds of one expectation with one shop
FEW = 2  # mistakes that slip through, and are hinted at
LONGER_THAN_A_TRY = 60_000  # milliseconds
Claim = Callable[[object, str], None]


@dataclass(frozen=True)
class Breaker:
    """Somebody's breaker, and why it is wrong; empty if it is right."""

    id: str
    text: str
    because: str = ""

    @property
    def is_right(self) -> bool:
        return not self.because


def breakers() -> Iterator[Breaker]:
    """Yield the solution, the other right breakers of the bank, and seven of its wrong ones."""
    solution = (ROOT / "solutions/09_resilience/breaker.py").read_text(encoding="utf-8")
    yield Breaker("9.3 as we did it", solution)
    for id, answer in _bank("right").items():  # noqa: A001 - the word of the file
        yield Breaker(id, _changed(solution, answer))
    wrong = _bank("wrong")
    for id in MISTAKES:  # noqa: A001
        yield Breaker(id, _changed(solution, wrong[id]), wrong[id]["because"])


def _bank(room: str) -> dict[str, dict[str, Any]]:
    bank = tomllib.loads((ROOT / f"tests/{room}/09_resilience.toml").read_text(encoding="utf-8"))
    return {answer["id"]: answer for answer in bank["answer"] if answer["exercise"] == "9.3"}


def _changed(text: str, answer: dict[str, Any]) -> str:
    for old, new in answer["replace"]:
        text = text.replace(old, new)
    return text


SUSPECTS = dict(zip((f"shop-{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"), breakers(), strict=False))


def suspected(stack: Stack) -> Stack:
    """Change the stack so that there is a shop for each breaker, and for nobody else."""
    kept = guarded(shop="breaker", WORK_SECONDS=0.02, PLACES=200, TRY_SECONDS=1)(stack)
    shop = kept.services["shop"]
    shops = {name: _with(replace(shop, name=name), breaker) for name, breaker in SUSPECTS.items()}
    return replace(kept, services={name: one for name, one in kept.services.items() if name != "shop"} | shops)


def _with(shop: Any, breaker: Breaker) -> Any:
    code = Volume("shared", f"code-{shop.name}", "/code", read_only=True, files=(("breaker.py", breaker.text),))
    return replace(shop, volumes=(code,))


class Shop:
    """What an expectation holds of one shop."""

    def __init__(self, stack: RunningStack, name: str, customers: Customers) -> None:
        self._edge, self._customers = stack.edge(name, "payments"), customers

    async def orders(self, count: int) -> list[Answer]:
        return [await self._customers.order({"shackle": 1}) for _ in range(count)]

    async def crowd(self, count: int) -> list[Answer]:
        return await self._customers.race(count, {"shackle": 1})

    async def asked(self) -> int:
        await asyncio.sleep(2 * FRESH)  # a reading of the wires serves for so long
        return int(self._edge.stats().requests or 0)

    async def rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def failing(self) -> Any:
        return during(partial(self._edge.fail, 503))

    def refusing(self) -> Any:
        return during(partial(self._edge.fail, 409))

    def hanging(self) -> Any:
        return during(partial(self._edge.delay, LONGER_THAN_A_TRY))


class Unmet(Exception):  # noqa: N818 - a claim that does not hold is a result
    """A claim of the learner's that a breaker does not meet."""


def claim(holds: object, sentence: str) -> None:
    """Note what somebody expects, and raise Unmet where it is not so."""
    if not holds:
        raise Unmet(sentence)


@asynccontextmanager
async def _shop(stack: RunningStack, name: str) -> AsyncIterator[Shop]:
    async with anonymous(stack.url(name), at_once=30) as customers:
        yield Shop(stack, name, customers)


class Trial:
    """The learner's expectations, and what each of them says of each breaker: ``caught``, by name and breaker."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        self.caught: dict[tuple[str, str], str] = {}
        judge.point(look="def expect_closed", evidence=self.table)

    async def run(self) -> None:
        """Have each expectation meet each breaker, all breakers at once, with shops that are new each time."""
        self.judge.done(f"ran your expectations with {len(SUSPECTS)} breakers, right ones and wrong ones")
        found = self._load()
        for number, name in enumerate(NAMES):
            if number:
                await asyncio.gather(*(asyncio.to_thread(self.stack.instance(f"{one}-1").restart) for one in SUSPECTS))
            await asyncio.gather(*(self._meet(name, found.get(name), shop) for shop in SUSPECTS))

    def _load(self) -> dict[str, Any]:
        try:
            return runpy.run_path(str(self.judge.code / self.judge.exercise.file))
        except Exception as error:
            self.judge.claim(False, "the file with your expectations can be read", f"{error!r}", line=VALID)
            raise

    async def _meet(self, name: str, expect: Callable[[Shop, Claim], Any] | None, shop: str) -> None:
        self.judge.claim(callable(expect), f"there is an {name}", "there is none", line=VALID)
        try:
            async with asyncio.timeout(ENDS_WITHIN), _shop(self.stack, shop) as one:
                await expect(one, claim)  # type: ignore[misc]
        except Unmet as unmet:
            self.caught[name, shop] = str(unmet)
        except Exception as error:
            words = f"with {SUSPECTS[shop].id} it raised {error!r}"
            self.judge.claim(False, f"{name} runs to its end", words, look=f"def {name}", line=VALID)

    def table(self) -> list[str]:
        """Say for each breaker which expectations it did not meet."""
        width = max(len(one.id) for one in SUSPECTS.values())
        lines = [f"{'':{width}}  {'  '.join(NAMES)}"]
        for shop, one in SUSPECTS.items():
            marks = ("caught" if (name, shop) in self.caught else "-" for name in NAMES)
            lines.append(f"{one.id:{width}}  {'  '.join(f'{m:{len(n)}}' for m, n in zip(marks, NAMES, strict=True))}")
        return lines

    def judge_valid(self) -> None:
        """Judge that no expectation refuses a right breaker."""
        each = [(name, shop) for name in NAMES for shop in SUSPECTS]
        wrong = [one for one in each if one in self.caught and SUSPECTS[one[1]].is_right]
        words = "; ".join(f"{name} refuses {SUSPECTS[shop].id}: {self.caught[name, shop]}" for name, shop in wrong)
        look = f"def {wrong[0][0]}" if wrong else None
        self.judge.claim(not wrong, "a right breaker meets every expectation", words, look=look, line=VALID)

    def judge_thorough(self) -> None:
        """Judge that each wrong breaker fails an expectation; hint at the last few that do not."""
        met = {shop for _, shop in self.caught}
        slipped = [one for shop, one in SUSPECTS.items() if not one.is_right and shop not in met]
        hints = [f"{one.id}: {one.because}" for one in slipped] if len(slipped) <= FEW else []
        words = f"{len(slipped)} meet all of them: {', '.join(one.id for one in slipped)}"
        evidence = [*self.table(), *hints]
        sentence = "a wrong breaker does not meet all of your expectations"
        self.judge.claim(not slipped, sentence, words, evidence=evidence, line=THOROUGH)
