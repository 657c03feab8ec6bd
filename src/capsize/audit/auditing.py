"""The audit from its beginning to its end: awaited in a notebook, or waited for in a terminal."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path

import anyio

from capsize.audit import experiments, given
from capsize.audit.bench import bench
from capsize.audit.factors import BY_NUMERAL, FACTORS, Factor
from capsize.audit.given import GivenApp
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.result import TwelveFactors
from capsize.audit.subject import Subject
from capsize.errors import CapsizeError

OnJudgement = Callable[[Judgement], None]


async def run(
    path: str | Path,
    *,
    start: str = "",
    slow: str = "",
    write: str = "",
    read: str = "",
    admin: str = "",
    env: Mapping[str, str] | None = None,
    python: Path | None = None,
    only: Collection[str] = (),
    on_judgement: OnJudgement = lambda _: None,
) -> TwelveFactors:
    """Audit the app in a folder. Nothing of it is changed, and nothing is left of its copies.

    ``start`` is its command where there is no Procfile; ``slow`` a request that takes a second, such as ``/report``;
    ``write`` and ``read`` two requests, of which the second shows what the first wrote; ``admin`` a command for its
    administrators; ``env`` variables that it needs; ``only`` the numerals of the factors to judge, all twelve by
    default. ``on_judgement`` hears of each verdict at once. Raises CapsizeError where there is no app to start.
    """
    app = given.read(Path(path), start=start, slow=slow, write=write, read=read, admin=admin, env=env, python=python)
    began = time.monotonic()
    found = await judge(app, _chosen(only), on_judgement)
    return TwelveFactors(app.name, app.start, found, time.monotonic() - began)


def run_blocking(path: str | Path, **settings: object) -> TwelveFactors:
    """Do what ``run`` does, and wait for it."""
    return anyio.run(lambda: run(path, **settings))  # type: ignore[arg-type]  # the same settings


async def judge(app: GivenApp, chosen: Collection[Factor], on_judgement: OnJudgement) -> tuple[Judgement, ...]:
    """Put an app through the experiments on some factors. Return the judgements in the factors' order."""
    try:
        async with bench(app) as place:
            subject = Subject(place)
            await subject.begin()
            found = {}
            for factor, experiment in ((one, room) for one, room in experiments.EXPERIMENTS if one in chosen):
                found[factor] = await _judged(experiment(subject), factor)
                on_judgement(found[factor])
    except BaseExceptionGroup as group:
        raise _plainly(group) from group
    return tuple(found[factor] for factor in FACTORS if factor in found)


def _chosen(only: Collection[str]) -> list[Factor]:
    """Return the factors of some numerals, all for none. Raise CapsizeError for what is no numeral of one."""
    strangers = [numeral for numeral in only if numeral not in BY_NUMERAL]
    if strangers:
        raise CapsizeError("there is no such factor", expected=", ".join(BY_NUMERAL), got=", ".join(strangers))
    return [factor for factor in FACTORS if not only or factor.numeral in only]


async def _judged(experiment: Awaitable[Judgement], factor: Factor) -> Judgement:
    try:
        return await experiment
    except Hindrance as hindrance:
        return Judgement(factor, "unjudged", hindrance.because, evidence=hindrance.evidence)


def _plainly(group: BaseExceptionGroup) -> BaseException:
    """Return the one error in a group of groups; a group of several as it is."""
    inner = group.exceptions[0] if len(group.exceptions) == 1 else group
    return _plainly(inner) if isinstance(inner, BaseExceptionGroup) and inner is not group else inner
