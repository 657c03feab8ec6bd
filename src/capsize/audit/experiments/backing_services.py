"""IV: another backing service takes the place of the first by its URL alone."""

from __future__ import annotations

from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.others import Other
from capsize.audit.subject import Subject

FACTOR = BY_NUMERAL["IV"]
DID = "gave two deploys of the release different backing services, and counted the connections to each"


async def judge(subject: Subject) -> Judgement:
    """Judge by where connections go. Raise Hindrance where no backing service was seen."""
    app, other = subject.app, await subject.other()
    if app.refused and not other.moved_files:
        name, why = next(iter(app.refused.items()))
        raise Hindrance(f"with {name} naming PostgreSQL it does not start", [why])
    shown = await _write_in_both(subject, other)
    evidence = tuple(_connections(subject, other))
    names = ", ".join([*(one.name for one in other.moved), *other.moved_files])
    if names and not shown:
        control = "each deploy uses what it was given"
        apart = ": what was written stays in the first" if shown is False else ""
        because = f"{names} alone decides which one it uses{apart}"
        return Judgement(FACTOR, "holds", because, DID, control, evidence)
    if names:
        raise Hindrance("the second deploy shows what was written at the first, which is not in its own services")
    databases = app.web.tape.databases
    if databases:
        ignored = ", ".join(one.name for one in (*app.attachments, *other.guessed)) or "every variable"
        because = f"it opens {_short(subject, databases[0])}, whatever {ignored} says"
        return Judgement(FACTOR, "fails", because, DID, "both deploys answer", evidence)
    if app.attachments:
        unused = ", ".join(one.name for one in app.attachments)
        raise Hindrance(f"no request made it connect to what {unused} names", evidence)
    elsewhere = [f"it calls {host}:{port}" for host, port in app.web.tape.calls]
    raise Hindrance("no backing service was seen that the kit could swap", elsewhere)


async def _write_in_both(subject: Subject, other: Other) -> bool | None:
    """Write at the first deploy, then at the second. Say whether that showed what only the first was told."""
    try:
        story = await subject.story(subject.web)
        shown = story.shows_in(await subject.read(other.deploy, story))
        await subject.story(other.deploy)
    except Hindrance:
        return None
    return shown


def _connections(subject: Subject, other: Other) -> list[str]:
    deploys = (("first", subject.web), ("second", other.deploy))
    return [
        f"the {which} deploy: {tap.connections} connections to what its {name} names"
        for which, deploy in deploys
        for name, tap in deploy.taps.items()
    ] + [f"SQLite opened {_short(subject, path)}" for path in subject.web.tape.databases]


def _short(subject: Subject, path: str) -> str:
    return path.replace(f"{subject.web.release.resolve()}/", "").replace(f"{subject.web.release}/", "")
