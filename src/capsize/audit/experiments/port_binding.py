"""VII: it serves others, by itself, at the port that it is given. Read off where its processes listen."""

from __future__ import annotations

import contextlib

from capsize.audit import tree
from capsize.audit.bench import NotUp
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Subject

FACTOR = BY_NUMERAL["VII"]
DID = "gave two deploys different values of PORT, and looked where their processes listen"


async def judge(subject: Subject) -> Judgement:
    """Judge by the addresses at which the process listens, not by a connection: this machine reaches loopback too."""
    web, deploys = subject.web, [subject.web]
    with contextlib.suppress(NotUp):
        deploys.append(await subject.beside())
    control = f"{web.first} to GET / at the address where it listens"
    evidence = tuple(f"PORT={one.port}: listens at {_said(one.listens)}" for one in deploys)
    asked = [address for address, port in web.listens if port == web.port]
    if not asked:
        because = f"it listens at port {web.serves_at}, whatever PORT says"
        return Judgement(FACTOR, "fails", because, DID, control, evidence)
    if all(map(tree.is_loopback, asked)):
        because = f"it listens at {asked[0]} alone, which nothing outside its machine or its container reaches"
        return Judgement(FACTOR, "fails", because, DID, control, evidence)
    because = f"it listens at the port that PORT names, at {asked[0]}, which others reach"
    return Judgement(FACTOR, "holds", because, DID, control, evidence)


def _said(listens: tuple[tree.Listener, ...]) -> str:
    return ", ".join(map(tree.said, listens)) or "no address"
