"""Exercise 2.2: copies of one release beside each other, on one machine and with one database."""

from __future__ import annotations

import json
from collections import Counter

from lab02_deploys import Deploys, ask, together

from capsize.audit import outside, tree
from capsize.audit.deploy import Deploy
from capsize.audit.visitor import Visitor

AT_ONCE = 24  # requests that change one cart
BESIDE = "a copy starts beside the others"


class Copies:
    """Copies of the shop, and customers who are served by all of them."""

    def __init__(self, deploys: Deploys) -> None:
        self.deploys, self.judge = deploys, deploys.judge
        self.draw = self.judge.draw
        self.copies: list[Deploy] = []
        self.first_name, self.second_name, *self.items = self.draw.names(6)
        self.secret = self.draw.names(1)[0]

    async def begin(self) -> None:
        """Release the shop, and start one copy."""
        server = await self.deploys.place.resource("postgresql")
        self.config = self.deploys.config(server, self.secret)
        self.judge.done("started the shop with a PORT of its own")
        self.judge.point(line=3, look="uvicorn.run")
        self.copies.append(await self.deploys.up("copy-1", self.config, "the shop starts and answers"))

    def judge_port(self) -> None:
        """Judge where the first copy listens."""
        (copy,) = self.copies
        listens, others = listening(copy)
        sentence = "it listens at the port that PORT names"
        self.judge.claim(listens, sentence, f"PORT is {copy.port}, and it listens at {said(others)}", look="port=")
        here = all(map(tree.is_loopback, listens))
        bad = f"at {listens[0]} alone, which nothing outside of its machine or its container reaches"
        self.judge.claim(not here, "it listens at an address that others reach", bad, look="host=")
        self.judge.claim(not others, "it listens at no other port", lambda: f"at {said(others)} too")

    async def judge_number(self) -> None:
        """Judge whether others start beside the first."""
        self.judge.point(line=4, look="def main")
        more = self.draw.count(2, 3)
        self.judge.done(f"started {more} more copies beside it, on disks of their own")
        names = [f"copy-{number}" for number in range(2, more + 2)]
        self.copies += await together(*(self.deploys.another(name, self.config, BESIDE) for name in names))
        answers = await together(*(ask(copy, "/") for copy in self.copies))
        silent = [copy.name for copy, answer in zip(self.copies, answers, strict=True) if not answer.good]
        self.judge.claim(not silent, "all copies answer", lambda: f"{', '.join(silent)} did not")
        ports = Counter(port for copy in self.copies for _, port in tree.listeners(copy.pid))
        self.judge.claim(len(ports) == len(self.copies), "each copy is a process of its own", f"ports: {sorted(ports)}")

    async def judge_memory(self) -> None:
        """Judge what copies know of what another one was told, again and again, and after its death."""
        self.judge.point(line=1, look="uvicorn.run")
        visitor, expected, teller = Visitor(), Counter[str](), self.copies[0]
        await ask(teller, f"POST /login?name={self.first_name}", visitor)
        self.judge.done(f"{self.first_name} filled a cart at one copy after the other, and looked at all of them")
        for copy in [*self.copies, teller]:
            item, count = self.draw.choice(self.items), self.draw.count(2, 9)
            answer = await ask(copy, f"POST /cart?sku={item}&count={count}", visitor)
            self.judge.claim(answer.good, "a copy takes what a customer chose", f"POST /cart gave {answer}")
            expected[item] += count
            await self._claim_known(visitor, expected, "each copy shows what another one was told")
        shared = sorted({path.rpartition("/")[2] for copy in self.copies for path in outside.written(copy)})
        sentence = "a copy keeps nothing on the machine: others may run elsewhere"
        self.judge.claim(not shared, sentence, lambda: f"it writes to {', '.join(shared)}")
        await teller.end()
        self.copies.remove(teller)
        self.judge.done(f"killed {teller.name}")
        await self._claim_known(visitor, expected, "copies know what a dead one was told")

    async def _claim_known(self, visitor: Visitor, expected: Counter[str], sentence: str) -> None:
        for copy in self.copies:
            answer = await ask(copy, "/cart", visitor)
            there = json.loads(answer.text) if answer.good else None
            bad = f"{copy.name} shows another cart" if answer.good else f"GET /cart gave {answer}"
            words = [f"{copy.name}: {answer.text[:200]}", f"in the cart: {json.dumps(expected)}"]
            self.judge.claim(there == expected, sentence, bad, evidence=words)

    async def judge_survivors(self) -> None:
        """Judge those that are left after the death."""
        answers = await together(*(ask(copy, "/catalogue") for copy in self.copies))
        alive = [copy for copy in self.copies if copy.is_up]
        fine = len(alive) == len(self.copies) and all(answer.good for answer in answers)
        bad = f"{len(alive)} of {len(self.copies)} run, and they answer {', '.join(map(str, answers))}"
        self.judge.claim(fine, "the death of one changes nothing for the others", bad, line=4)

    async def judge_race(self) -> None:
        """Judge a cart that all copies change at once, and the cart of another customer."""
        self.judge.point(line=2)
        racer, other, item = Visitor(), Visitor(), self.draw.choice(self.items)
        await ask(self.copies[0], f"POST /login?name={self.second_name}", racer)
        await ask(self.copies[0], f"POST /login?name={self.second_name}2", other)
        counts = [self.draw.count(1, 5) for _ in range(AT_ONCE)]
        self.judge.done(f"{self.second_name} put {sum(counts)} of one item into a cart, by {AT_ONCE} requests at once")
        turns = [self.copies[number % len(self.copies)] for number in range(AT_ONCE)]
        lines = [f"POST /cart?sku={item}&count={count}" for count in counts]
        answers = await together(*(ask(copy, line, racer) for copy, line in zip(turns, lines, strict=True)))
        failed = [str(answer) for answer in answers if not answer.good]
        self.judge.claim(not failed, "each of them is answered", lambda: f"{len(failed)} were not: {failed[0]}")
        found = json.loads((await ask(self.copies[-1], "/cart", racer)).text)
        bad = f"of {sum(counts)} pieces {found.get(item, 0)} are in the cart, and {len(found)} kinds of item"
        self.judge.claim(found == {item: sum(counts)}, "no change of a cart is lost", bad)
        await ask(self.copies[-1], f"POST /cart?sku={item}", other)
        whose = (("the first", racer), ("the second", other))
        mixed = {one: json.loads((await ask(self.copies[0], "/cart", who)).text) for one, who in whose}
        alone = mixed == {"the first": {item: sum(counts)}, "the second": {item: 1}}
        bad = "they see each other's pieces"
        self.judge.claim(alone, "each customer has a cart of their own", bad, evidence=lambda: str(mixed))


def listening(copy: Deploy) -> tuple[list[str], list[tree.Listener]]:
    """Return the addresses at which a copy listens at its own port, and where else it listens."""
    found = tree.listeners(copy.pid)
    own = [address for address, port in found if port == copy.port]
    return own, [one for one in found if one[1] != copy.port]


def said(listens: list[tree.Listener]) -> str:
    """Write addresses for a verdict."""
    return ", ".join(map(tree.said, listens)) or "no port"
