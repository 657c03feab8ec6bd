"""VIII: more copies of the process are started beside the first, on the same machine, and all of them serve."""

from __future__ import annotations

from capsize.audit import tree
from capsize.audit.bench import NotUp
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Subject

FACTOR = BY_NUMERAL["VIII"]
DID = "started a second copy while the first was serving, and asked both"


async def judge(subject: Subject) -> Judgement:
    """Judge by the second copy. Raise Hindrance where it does not start alone either."""
    web = subject.web
    try:
        second = await subject.beside()
    except NotUp as error:
        return await _refused(subject, error)
    answers = [await one.ask() for one in (web, second)]
    control = f"the first answers {web.first} alone"
    evidence = tuple(
        f"copy {number}: {answer} at port {one.serves_at}, {len(tree.family(one.pid))} processes"
        for number, (one, answer) in enumerate(zip((web, second), answers, strict=True), 1)
    )
    if any(not answer.came for answer in answers):
        because = "two copies start, and then one of them does not answer"
        return Judgement(FACTOR, "fails", because, DID, control, evidence)
    because = "two copies serve at the same time"
    return Judgement(FACTOR, "holds", because, DID, control, evidence)


async def _refused(subject: Subject, first: NotUp) -> Judgement:
    """Start the second copy once more, alone: only if it starts then was the first one in its way."""
    try:
        async with subject.instead("alone"):
            pass
    except NotUp as error:
        raise Hindrance(f"a copy does not start alone either: {error.because}", error.evidence) from error
    because = f"a second copy does not start beside the first: {first.because}"
    control = "the second copy starts when the first has ended"
    return Judgement(FACTOR, "fails", because, DID, control, first.evidence)
