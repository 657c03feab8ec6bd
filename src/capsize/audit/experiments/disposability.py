"""IX: it answers what it has begun when it is told to stop, it ends soon, and a sudden death does not matter."""

from __future__ import annotations

import signal
import time

import anyio

from capsize.audit.bench import NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.question import Question
from capsize.audit.subject import Subject
from capsize.audit.visitor import HOME, Answer, Visitor

FACTOR = BY_NUMERAL["IX"]
GRACE = 10.0  # seconds more than the request takes, after which Docker ends a container by force
SLOWEST = 0.25  # seconds that a request must take so that a signal finds it in flight
UNDER_WAY = 0.4  # of the time that the request takes: where the signal is sent


async def judge(subject: Subject) -> Judgement:
    """Judge by the request in flight: how the process ends, 0 or by the signal, says nothing."""
    try:
        deploy = await subject.beside()
    except NotUp:
        await subject.web.end()  # two copies do not run side by side
        deploy = await subject.another("alone")
    if crash := await _after_a_crash(subject, deploy):
        return crash
    slow, usual = subject.given.slow, None
    if slow:
        usual = await subject.web.ask(slow)
        if not usual.good or usual.seconds < SLOWEST:
            said = f"{usual} after {usual.seconds:.2f} s"
            raise Hindrance(f"{slow} is not a slow request: without any signal it gives {said}")
    answer, seconds, ended = await _stop(deploy, slow, usual)
    did = f"sent SIGTERM to a copy while {slow or 'nothing'} was in flight, after a SIGKILL and a new start on its disk"
    control = f"without a signal the request gives {usual}" if usual else "it answers before the signal"
    evidence = (
        f"in flight at SIGTERM: {answer}" if answer else "in flight at SIGTERM: nothing",
        f"{ended} {seconds:.1f} s after SIGTERM" if ended else f"still there {seconds:.1f} s after SIGTERM",
        f"ready after {deploy.ready_after:.1f} s",
    )
    if not ended:
        because = f"it is still there {seconds:.0f} s after SIGTERM; a platform ends it by force then"
        return Judgement(FACTOR, "fails", because, did, control, evidence)
    if answer is None or usual is None:
        because = "--slow was not given, a request that takes a second: nothing was in flight at SIGTERM"
        return Judgement(FACTOR, "unjudged", because, did, control, evidence)
    if answer.status != usual.status:
        because = f"it loses the request that is in flight at SIGTERM: {answer}"
        return Judgement(FACTOR, "fails", because, did, control, evidence)
    because = f"it answers the request that is in flight at SIGTERM, and ends {seconds:.1f} s after it"
    return Judgement(FACTOR, "holds", because, did, control, evidence)


async def _stop(deploy: Deploy, slow: Question | None, usual: Answer | None) -> tuple[Answer | None, float, str]:
    """Return the answer to what was in flight, the seconds until the end, and how it ended, if it did."""
    answers: list[Answer] = []

    async def ask(question: Question) -> None:
        answers.append(await Visitor().ask(deploy.serves_at, question))

    needs = usual.seconds if usual else 0.0
    async with anyio.create_task_group() as tasks:
        if slow:
            tasks.start_soon(ask, slow)
            await anyio.sleep(needs * UNDER_WAY)  # nothing outside an app shows that its handler has begun
        began = time.monotonic()
        assert deploy.child
        deploy.child.signal(signal.SIGTERM)
        with anyio.move_on_after(needs + GRACE):
            await deploy.child.ended.wait()
        seconds, ended = time.monotonic() - began, deploy.ended
        await deploy.end()
    return next(iter(answers), None), seconds, ended


async def _after_a_crash(subject: Subject, deploy: Deploy) -> Judgement | None:
    """Kill a copy without a warning and start it again on the same disk; say so if that does not work."""
    control = f"it had answered {deploy.first}"
    await deploy.ask(subject.given.write or HOME)
    await deploy.end()
    try:
        await subject.bench.start(deploy)
    except NotUp as error:
        did = "ended a copy by SIGKILL, and started it again on the same disk"
        because = f"after a sudden death it does not start on the same disk: {error.because}"
        return Judgement(FACTOR, "fails", because, did, control, error.evidence)
    return None
