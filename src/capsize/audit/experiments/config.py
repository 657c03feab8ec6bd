"""III: what differs between deploys comes from the environment, and nothing of it is in the code."""

from __future__ import annotations

from capsize.audit.deploy import Deploy
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.others import Other
from capsize.audit.subject import Subject

FACTOR = BY_NUMERAL["III"]
DID = "recorded which variables its own files read, and made a second deploy that has nothing but the code in common"
PLATFORM = ("PORT", "HOME", "PATH", "TMPDIR", "LANG", "USER")  # what any process is given


async def judge(subject: Subject) -> Judgement:
    """Judge by what two deploys share without having been told: a secret, or the address of a resource."""
    web, other = subject.web, await subject.other()
    control = "both deploys answer, each at its own port"
    reads = [name for name in web.tape.own_names if name not in PLATFORM]
    evidence = [f"its own files read: {', '.join(reads) or 'no variable that is its own'}"]
    for found in (await _shared_secret(subject, other), _fixed_resource(web, other)):
        if found:
            return Judgement(FACTOR, "fails", found, DID, control, tuple(evidence))
    proofs = [*_moved(other), *await _own_secret(subject, other)]
    if proofs:
        return Judgement(FACTOR, "holds", proofs[0], DID, control, (*evidence, *proofs[1:]))
    because = "nothing but its port was seen that could differ between deploys: no resource, and no secret"
    return Judgement(FACTOR, "unjudged", because, DID, control, tuple(evidence))


async def _shared_secret(subject: Subject, other: Other) -> str:
    """Say whether a deploy that shares only the code takes what the first one signed."""
    try:
        story = await subject.story(subject.web)
    except Hindrance:
        return ""
    if not story.shows_in(await subject.read(other.deploy, story)) or not story.visitor.cookies:
        return ""
    names = ", ".join(sorted(story.visitor.cookies.keys()))
    return f"a deploy with another configuration takes the cookie {names} of the first: the secret is in the code"


def _fixed_resource(web: Deploy, other: Other) -> str:
    """Say which resource was opened whose address no variable names."""
    tmp, values, names = str(web.home / "tmp"), " ".join(web.env.values()), _files(other.deploy)
    for path in web.tape.databases:
        name = _file(path)
        is_moved = other.moved_files and name not in names
        if name not in values and not path.startswith(tmp) and not is_moved:
            return f"it opens the database {name}, which no variable names: its address is in the code"
    for host, port in web.tape.calls:
        if f"{host}:{port}" not in values and port not in (web.port, web.serves_at) and _is_service(port):
            return f"it calls {host}:{port}, which no variable names: the address is in the code"
    return ""


def _files(deploy: Deploy) -> set[str]:
    return {_file(path) for path in deploy.tape.databases}


def _file(path: str) -> str:
    return path.rpartition("/")[2].partition("?")[0]


def _is_service(port: int) -> bool:
    """Say whether a port is one that servers are given, not one that the system draws for a moment."""
    return 0 < port < 32768 and port != 53


def _moved(other: Other) -> list[str]:
    """Say which variables moved the second deploy to other resources."""
    services = [f"{one.name} decides which {one.kind} it uses" for one in other.moved]
    return [*services, *(f"{name} decides which file is its database" for name in other.moved_files)]


async def _own_secret(subject: Subject, other: Other) -> list[str]:
    """Say whether what one deploy signed is taken by a copy with the same secret, and not by one with another."""
    if not subject.app.secrets:
        return []
    try:
        story, second = await subject.story(subject.web), await subject.beside()
    except Hindrance:
        return []
    copy, elsewhere = await subject.read(second, story), await subject.read(other.deploy, story)
    if story.shows_in(copy) and not story.shows_in(elsewhere) and not subject.app.attachments:
        return [f"a deploy with another {', '.join(subject.app.secrets)} does not take what the first signed"]
    return []
