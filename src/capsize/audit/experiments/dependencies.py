"""II: the declared list of dependencies suffices, in an environment that has nothing else."""

from __future__ import annotations

import re

from capsize.audit.bench import NotUp
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.subject import Subject
from capsize.audit.visitor import HOME

FACTOR = BY_NUMERAL["II"]
MISSING = re.compile(r"ModuleNotFoundError|ImportError|No module named|not found|Cannot find module|MODULE_NOT_FOUND")


async def judge(subject: Subject) -> Judgement:
    """Judge by a deploy in a fresh environment. Raise Hindrance where it cannot be made, or fails for other reasons."""
    fresh = await subject.fresh.get()
    listed = fresh.listed
    did = f"made an environment with {listed.said}, and started a deploy in it"
    control = f"in the environment that it is run in here it answers {subject.web.first}" if subject.settled else ""
    if subject.settled and subject.bench.programs == fresh.programs and listed.language == "python":
        because = f"it starts and answers in an environment with {listed.said}"
        return Judgement(FACTOR, "holds", because, did, "", (f"{subject.web.first} to GET /",))
    try:
        deploy = await subject.bench.deploy("fresh", subject.config, source=fresh.source, programs=fresh.programs)
    except NotUp as error:
        lines = [line for line in error.deploy.stderr if MISSING.search(line)]
        if not lines:
            raise Hindrance(f"in a fresh environment {error.because}", error.evidence) from error
        because = f"an environment with {listed.said} does not suffice: {lines[-1].strip()}"
        return Judgement(FACTOR, "fails", because, did, control, error.evidence)
    for question in (subject.given.write, subject.given.read):
        await deploy.ask(question or HOME)
    lines = [line.strip() for line in deploy.stderr if MISSING.search(line) and line not in _usual(subject)]
    await deploy.end()
    if lines:
        because = f"an environment with {listed.said} does not suffice for every request: {lines[-1]}"
        return Judgement(FACTOR, "fails", because, did, control, tuple(lines[-3:]))
    because = f"it starts and answers in an environment with {listed.said}"
    return Judgement(FACTOR, "holds", because, did, control, (f"{deploy.first} to GET /",))


def _usual(subject: Subject) -> list[str]:
    return subject.settled.web.stderr if subject.settled else []
