"""What copies heard of a database that stumbles and then is away, and what a copy would have made of it that is surer.

The answers are measured: each copy logs what its database answered. What follows from them for a number of equal
answers in a row is replayed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

RATE = 40.0  # customers a second, of all copies together
ASKS_EVERY = 0.4  # seconds between two questions to the database
STUMBLES, SHORT, APART = 4, 0.5, 2.0  # how often, and seconds
AWAY, AFTER = 5.0, 5.0  # seconds without the database, and with it again
DAY = 86_400.0
LINE = re.compile(r"^(\d\d):(\d\d):(\d\d\.\d+) .* the database (answered|did not answer)$", re.MULTILINE)


@dataclass(frozen=True)
class Heard:
    """What each copy heard, as seconds and answers, and when the database was away. Seconds run from the start."""

    answers: tuple[tuple[tuple[float, bool], ...], ...]
    away: tuple[tuple[float, float], ...]


class Outcome(NamedTuple):
    """What a number of equal answers in a row costs: requests lost, and how often all copies together changed."""

    lost: float
    changes: int


async def stumble(stack: Any) -> Heard:
    """Have the shop's database stumble for half a second, four times, and be away for five seconds; 20 s in all."""
    began, cut, away = _now(), stack.edge("shop", "db").cut, []
    for seconds, then in [(SHORT, APART)] * STUMBLES + [(AWAY, AFTER)]:
        away.append(_now() - began)
        with cut():
            await asyncio.sleep(seconds)
        away.append(_now() - began)
        await asyncio.sleep(then)
    copies = stack.service("shop").instances
    heard = tuple(tuple(_whole(_logged(copy.logs(200), began), _now() - began)) for copy in copies)
    return Heard(heard, tuple(zip(away[::2], away[1::2], strict=True)))


def replay(heard: Heard, in_a_row: int) -> Outcome:
    """Return what copies would have done that change with so many equal answers in a row."""
    lost, changes = 0.0, 0
    for answers in heard.answers:
        said = _said(answers, in_a_row)
        changes += sum(before[1] is not after[1] for before, after in pairwise(said))
        lost += RATE / len(heard.answers) * _wrong_seconds(said, heard.away)
    return Outcome(lost, changes)


def _now() -> float:
    now = datetime.now()
    return now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1e6


def _logged(log: str, began: float) -> list[tuple[float, bool]]:
    """Read the answers of a copy's log since a moment, in seconds from it."""
    times = [(int(h) * 3600 + int(m) * 60 + float(s), what == "answered") for h, m, s, what in LINE.findall(log)]
    return [((at - began) % DAY, answered) for at, answered in times if (at - began) % DAY < DAY / 2]


def _whole(logged: Sequence[tuple[float, bool]], end: float) -> Iterator[tuple[float, bool]]:
    """Yield what was heard: a copy logs no answer that is the sixth in a row, or more, which did come."""
    last, was_there = 0.0, True
    for at, answered in [*logged, (end, True)]:
        while was_there and at - last > 1.5 * ASKS_EVERY:
            yield (last := last + ASKS_EVERY), True
        yield at, answered
        last, was_there = at, answered


def _said(answers: Sequence[tuple[float, bool]], in_a_row: int) -> list[tuple[float, bool]]:
    ready, against, said = True, 0, [(0.0, True)]
    for at, answered in answers:
        against = 0 if answered is ready else against + 1
        if against >= in_a_row:
            ready, against = answered, 0
        said.append((at, ready))
    return said


def _wrong_seconds(said: Sequence[tuple[float, bool]], away: Sequence[tuple[float, float]]) -> float:
    """Sum up for how long a copy was ready without its database, or not ready with it."""
    wrong = 0.0
    for (begin, ready), (end, _) in pairwise(said):
        without = sum(max(0.0, min(end, back) - max(begin, gone)) for gone, back in away)
        wrong += without if ready else end - begin - without
    return wrong
