"""VI: what one process was told, another knows, with a disk of its own."""

from __future__ import annotations

from capsize.audit import outside
from capsize.audit.bench import NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Story, Subject
from capsize.audit.visitor import Reply

FACTOR = BY_NUMERAL["VI"]
DID = "wrote at one process, and read as the same visitor at another that has its own disk and the same configuration"


async def judge(subject: Subject) -> Judgement:
    """Judge by what the second process answers. Raise Hindrance where that proves nothing."""
    story = await subject.story(subject.web)
    here = await subject.read(subject.web, story)
    if not story.shows_in(here):
        raise Hindrance("the process that was told forgot it by itself", [f"{subject.given.read}: {here}"])
    there = await _elsewhere(subject, story)
    control = f"the process that was told shows it: {_marks(story)}"
    evidence = (f"the second process: {there} {there.text[:80]!r}", *_kept(subject.web))
    if not story.shows_in(there):
        because = f"a second process does not know what the first was told: {_marks(story)}"
        return Judgement(FACTOR, "fails", because, DID, control, evidence)
    if common := outside.written(subject.web):
        raise Hindrance(f"both processes write to {common[0]}, which is one disk here", common[:5])
    return Judgement(FACTOR, "holds", "a second process shows what the first was told", DID, control, evidence)


async def _elsewhere(subject: Subject, story: Story) -> Reply:
    """Read at a second process, which takes the first one's place where it does not run beside it."""
    try:
        return await subject.read(await subject.beside(), story)
    except NotUp:
        async with subject.instead("alone") as deploy:
            return await subject.read(deploy, story)


def _marks(story: Story) -> str:
    return ", ".join(sorted(story.marks)[:4])


def _kept(web: Deploy) -> list[str]:
    changed = web.changed()
    return [f"files that the first wrote on its own disk: {', '.join(changed[:4])}"] if changed else []
