"""Another deploy of the same release: other secrets, other backing services, the code alone in common."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

from capsize.audit.bench import Bench, NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.request_line import RequestLine
from capsize.audit.resources import Attachment, Resource
from capsize.audit.settling import Settled

Guessed = tuple[Attachment, ...]


@dataclass(frozen=True)
class Other:
    """``first`` is the deploy that it is compared with. ``guessed`` are variables that the app was not seen to ask for,
    given in case it reads them unseen.
    """

    first: Deploy
    deploy: Deploy
    attachments: Guessed
    guessed: Guessed = ()

    @property
    def moved(self) -> list[Attachment]:
        """The variables that led the first deploy to one service, and this one to another."""
        return [one for one in self.attachments if _connects(self.first, one) and _connects(self.deploy, one)]


GUESS = Attachment("DATABASE_URL", "postgresql", "postgresql")


async def deploy(bench: Bench, app: Settled, question: RequestLine) -> Other:
    """Make the other deploy, and ask it and the first something. Raise NotUp where it does not start."""
    attached = await _services(bench, app.attachments)
    other, guessed = await _up(bench, app, attached)
    for one in (app.web, other):
        await one.ask(question)
    return Other(app.web, other, tuple(attached), guessed)


async def _up(bench: Bench, app: Settled, attached: Mapping[Attachment, Resource]) -> tuple[Deploy, Guessed]:
    """Start it, with a database that it was not seen to ask for if it takes that."""
    if not attached and GUESS.name not in app.refused:
        with contextlib.suppress(NotUp):
            return await bench.deploy("other", app.other(await _services(bench, [GUESS]))), (GUESS,)
    return await bench.deploy("other", app.other(dict(attached))), ()


async def _services(bench: Bench, wanted: list[Attachment]) -> dict[Attachment, Resource]:
    services = {kind: await bench.resource(kind) for kind in sorted({one.kind for one in wanted})}
    return {one: services[one.kind] for one in wanted}


def _connects(one: Deploy, attachment: Attachment) -> bool:
    return one.taps[attachment.name].connections > 0
