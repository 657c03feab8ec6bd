"""Another deploy of the same release: other secrets, other backing services, the code alone in common."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from capsize.audit.bench import Bench, NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.request_line import RequestLine
from capsize.audit.resources import Attachment, Resource, is_file_database
from capsize.audit.settling import Settled

Guessed = tuple[Attachment, ...]
Attached = Mapping[Attachment, Resource]
Places = Mapping[str, str]  # a variable, and the file that it names for the other deploy, or that file's URL
PLACE = re.compile(r"(?:^|_)(?:(?:DB|DATABASE|SQLITE)(?:_(?:PATH|FILE|NAME))?|PATH|FILE)$")


@dataclass(frozen=True)
class Other:
    """``first`` is the deploy that it is compared with. ``guessed`` are variables that the app was not seen to ask for,
    given in case it reads them unseen; ``places`` are those that may name a file of SQLite.
    """

    first: Deploy
    deploy: Deploy
    attachments: Guessed
    guessed: Guessed = ()
    places: Places = field(default_factory=dict)

    @property
    def moved(self) -> list[Attachment]:
        """The variables that led the first deploy to one service, and this one to another."""
        return [one for one in self.attachments if _connects(self.first, one) and _connects(self.deploy, one)]

    @property
    def moved_files(self) -> list[str]:
        """The variables that led this deploy to another file of SQLite."""
        opened = self.deploy.tape.databases
        return [name for name, place in self.places.items() if any(map(place.endswith, opened))]


GUESS = Attachment("DATABASE_URL", "postgresql", "postgresql")


async def deploy(bench: Bench, app: Settled, question: RequestLine) -> Other:
    """Make the other deploy, and ask it something. Raise NotUp where it does not start."""
    attached = await _services(bench, app.attachments)
    guess = {} if attached or GUESS.name in app.refused else await _services(bench, [GUESS])
    other, guessed, places = await _up(bench, app, attached, guess)
    await other.ask(question)
    return Other(app.web, other, tuple(attached), guessed, places)


async def _up(bench: Bench, app: Settled, attached: Attached, guess: Attached) -> tuple[Deploy, Guessed, Places]:
    """Start it, with what it was not seen to ask for if it takes that. Raise NotUp where it does not start at all."""
    for guessed, places in _tries(guess, _places(bench, app)):
        with contextlib.suppress(NotUp):
            config = app.other({**attached, **guessed}, places)
            return await bench.deploy("other", config), tuple(guessed), places
    return await bench.deploy("other", app.other(attached)), (), {}


def _tries(guess: Attached, places: Places) -> Iterator[tuple[Attached, Places]]:
    """Yield what to give beside what was asked for, the most first."""
    if guess and places:
        yield guess, places
    if places:
        yield {}, places
    if guess:
        yield guess, {}


def _places(bench: Bench, app: Settled) -> Places:
    """Name another file for each variable of the app's own that says where its SQLite database is, or may say it."""
    env, opened, seen = app.web.env, app.web.tape.databases, app.web.tape
    named = [one for one in seen.own_names if env.get(one) in opened or is_file_database(env.get(one, ""))]
    asked = [one for one in seen.missing_own if PLACE.search(one)]
    if not (opened and (named or asked)):
        return {}
    folder = bench.home.folder / f"places-{next(bench.numbers)}"
    folder.mkdir(mode=0o700)
    return {one: f"{_scheme(env.get(one, ''))}{folder}/{one.lower()}.db" for one in {*named, *asked}}


def _scheme(value: str) -> str:
    return f"{value.partition(':')[0]}:///" if is_file_database(value) else ""


async def _services(bench: Bench, wanted: list[Attachment]) -> Attached:
    services = {kind: await bench.resource(kind) for kind in sorted({one.kind for one in wanted})}
    return {one: services[one.kind] for one in wanted}


def _connects(one: Deploy, attachment: Attachment) -> bool:
    return one.taps[attachment.name].connections > 0
