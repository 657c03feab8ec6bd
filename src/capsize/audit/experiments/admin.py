"""XII: a command for the people who look after the app runs in the release's own environment, on its own resources."""

from __future__ import annotations

from capsize.audit.deploy import Deploy
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Subject

FACTOR = BY_NUMERAL["XII"]


async def judge(subject: Subject) -> Judgement:
    """Judge by how the command ends, and by what it touches. Raise Hindrance where nothing shows that."""
    web, command = subject.web, subject.given.admin
    if not command:
        raise Hindrance("no admin command is known: no release, migrate or admin in the Procfile, and no --admin")
    deploy = await subject.bench.copy("admin", subject.app.config)
    if command != subject.given.release:
        await subject.bench.release(deploy)
    code = await subject.bench.run(deploy, command)
    did = f"ran {command!r} once, in a copy of the release with the web process's own configuration"
    control = f"the web process answers {web.first} in the same environment"
    if code != 0:
        because = f"it ends with exit code {code}" if code is not None else "it does not end"
        return Judgement(FACTOR, "fails", because, did, control, deploy.last_words)
    touched, needed = _touched(deploy), _touched(web)
    evidence = (f"it used: {_said(touched)}", f"the web process uses: {_said(needed)}")
    if needed and touched and not touched & needed:
        because = f"it works on {_said(touched)}, and the web process on {_said(needed)}"
        return Judgement(FACTOR, "fails", because, did, control, evidence)
    if not touched & needed:
        raise Hindrance("it ends with exit code 0, and nothing shows what it worked on", evidence)
    because = f"it runs in the release's own environment, on what the web process uses: {_said(touched & needed)}"
    return Judgement(FACTOR, "holds", because, did, control, evidence)


def _touched(deploy: Deploy) -> set[str]:
    """Return what a deploy used: variables whose service it called, and files of its release that SQLite opened."""
    called = {name for name, tap in deploy.taps.items() if tap.connections}
    homes = (f"{deploy.home}/", f"{deploy.home.resolve()}/")
    files = {path.removeprefix(homes[0]).removeprefix(homes[1]) for path in deploy.tape.databases}
    return called | files


def _said(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing that was seen"
