"""Exercise 16.2: callers with all kinds of certificates ask payments for all kinds of things."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from capsize.check import Judge
from capsize.check.kit import until
from workbench.customers import Answer
from workbench.labs.mesh_control import Meshside, nameless

PAYMENTS = "payments-proxy"
ANSWERED_WITHIN = 20.0  # seconds, on a busy machine too
OF_ORDERS = "spiffe://shop/orders"
SPOOFS: Mapping[str, str] = {
    "x-forwarded-client-cert": f"URI={OF_ORDERS}",
    "x-workload": "orders",
    "user-agent": "orders",
}


class Policy:
    """Callers at the door of payments. ``charged`` is what orders itself had charged."""

    def __init__(self, judge: Judge, mesh: Meshside) -> None:
        self.judge, self.mesh, self.draw = judge, mesh, judge.draw
        self.strangers = [self.draw.names(1)[0], f"orders-{self.draw.names(1)[0]}", "catalogue", "order", "Orders"]
        self.charged: dict[str, int] = {}
        self.contexts: dict[str, Any] = {}
        judge.point(evidence=lambda: mesh.stack.logs(PAYMENTS).splitlines()[-3:], look="policies:")

    async def ask(self, workload: str, method: str, path: str, **headers: str) -> Answer:
        """Ask payments, with the certificate of a workload."""
        if workload not in self.contexts:
            self.contexts[workload] = await self.mesh.card(workload)
        more: dict[str, Any] = {"headers": headers}
        if method == "POST":
            charge = {"order": self.draw.names(1)[0], "cents": self.draw.amount(100, 9000)}
            more = {"json": charge, "headers": {"Idempotency-Key": charge["order"], **headers}}
        answer = await self.mesh.call(PAYMENTS, self.contexts[workload], method, path, **more)
        if answer.kind == "201" and workload == "orders":
            self.charged[more["json"]["order"]] = more["json"]["cents"]
        return answer

    async def judge_orders(self) -> None:
        """Judge that customers' orders are charged, and that orders may charge whatever it is."""

        async def is_placed() -> bool:
            answer = await self.mesh.order(count=self.draw.count(2, 9))
            if answer.placed:
                self.charged[answer.body["id"]] = answer.body["total_cents"]
            return answer.placed

        self.judge.done("placed an order, and charged some more with the certificate of orders")
        await until(is_placed, "orders may charge: an order is placed", within=ANSWERED_WITHIN / 2, line=1)
        for _ in range(2):
            answer = await self.ask("orders", "POST", "/charges")
            self.judge.claim(answer.kind == "201", "orders may charge (201)", answer.kind, line=1)

    async def judge_readers(self) -> None:
        """Judge what others may do: the auditor reads charges, and all ask for rates."""
        self.judge.done("read the charges as the auditor, and asked for the rates as several")
        sees = await self.ask("auditor", "GET", "/charges")
        self.judge.claim(sees.kind == "200", "the auditor may read the charges (200)", sees.kind, line=2)
        for workload in ("orders", "auditor", *self.strangers):
            answer = await self.ask(workload, "GET", "/rates")
            self.judge.claim(answer.kind == "200", "everybody may ask for the rates (200)", answer.kind, line=2)

    async def judge_others(self) -> None:
        """Judge that strangers charge nothing, whatever they say they are."""
        self.judge.done(f"had {len(self.strangers)} others charge: {', '.join(self.strangers)}")
        for workload in (*self.strangers, "auditor"):
            name = self.draw.choice(list(SPOOFS))
            await self.judge_no_charge(workload, "/charges")
            await self.judge_no_charge(workload, "/charges", **{name: SPOOFS[name]})
            await self.judge_no_charge(workload, "/charges?by=orders")
        strange = await self.mesh.card("orders", strange=True)
        for context, shown in ((nameless(), "no certificate"), (strange, "a certificate of another root")):
            answer = await self.mesh.call(PAYMENTS, context, "GET", "/rates")
            sentence = f"who shows {shown} is not let in"
            self.judge.claim(not answer.kind.isdecimal(), sentence, answer.kind, line=3)

    async def judge_no_charge(self, workload: str, path: str, **headers: str) -> None:
        answer = await self.ask(workload, "POST", path, **headers)
        got = f"{answer.kind} for {_plain(workload)}"
        self.judge.claim(answer.kind == "403", "nobody but orders may charge (403)", got, line=1)

    async def judge_rest(self) -> None:
        """Judge that nothing else is allowed to anybody."""
        self.judge.done("tried what nobody should: other methods, other paths, other callers")
        for workload in ("orders", "auditor", self.draw.choice(self.strangers)):
            for method, path in (("DELETE", "/charges"), ("POST", "/rates"), ("GET", f"/{self.draw.names(1)[0]}")):
                await self.judge_refused(workload, method, path, line=3)
            await self.judge_refused(workload, "GET", "/healthz", line=3)
            await self.judge_refused(workload, "DELETE", "/charges", line=3, **{"x-http-method-override": "GET"})
        for workload in ("orders", *self.strangers):
            for path in ("/charges", "/charges?of=/rates"):
                await self.judge_refused(workload, "GET", path, line=2)
        sees = json.loads((await self.ask("auditor", "GET", "/charges")).body)
        words = f"{len(sees)} charges, where orders made {len(self.charged)}"
        self.judge.claim(sees == self.charged, "payments has the charges of orders, and no others", words, line=3)

    async def judge_refused(self, workload: str, method: str, path: str, *, line: int, **headers: str) -> None:
        answer = await self.ask(workload, method, path, **headers)
        said = f" with {', '.join(headers)}" if headers else ""
        sentence = f"{_plain(workload)} is refused {method} {_plain_path(path)} (403)"
        self.judge.claim(answer.kind == "403", sentence, f"{answer.kind}{said}", line=line)


def _plain(workload: str) -> str:
    """Name a caller without what was drawn."""
    known = ("orders", "auditor", "catalogue", "order", "Orders")
    return workload if workload in known else f"a workload called {'orders-…' if 'orders-' in workload else '…'}"


def _plain_path(path: str) -> str:
    return path if path.split("?")[0] in ("/charges", "/rates", "/healthz") else "of another path"
