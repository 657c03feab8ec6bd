"""IX: it answers what it has begun when it is told to stop, it ends soon, and a sudden death does not matter."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass

import anyio
import anyio.to_thread

from capsize.audit import tree
from capsize.audit.bench import SLOWER, NotUp
from capsize.audit.deploy import Deploy
from capsize.audit.factors import BY_NUMERAL
from capsize.audit.hindrance import Hindrance
from capsize.audit.judgement import Judgement
from capsize.audit.request_line import RequestLine
from capsize.audit.subject import Subject
from capsize.audit.visitor import ANSWERS_WITHIN, HOME, Reply, Visitor
from capsize.waiting import came_true

FACTOR = BY_NUMERAL["IX"]
GRACE = 10.0  # seconds more than the request takes, after which Docker ends a container by force
SLOWEST = 0.25  # seconds that a request must take so that a signal finds it in flight
SLOWER_THAN_HOME = 2.0  # times, in the same run
DEAF = "; its command runs in a shell, which got the signal and did not hand it on: begin its last part with exec"
UNDER_WAY = 0.4  # of the time that the request takes: where the signal is sent


async def judge(subject: Subject) -> Judgement:
    """Judge by the request in flight: how the process ends, 0 or by the signal, says nothing."""
    try:
        return await _judge(subject, await subject.beside())
    except NotUp:
        async with subject.instead("alone") as deploy:  # two copies do not run side by side
            return await _judge(subject, deploy)


async def _judge(subject: Subject, deploy: Deploy) -> Judgement:
    if crash := await _after_a_crash(subject, deploy):
        return crash
    slow, usual = subject.given.slow, None
    if slow:
        quick, usual = await deploy.ask(), await deploy.ask(slow)
        if not usual.good or usual.seconds < max(SLOWEST, SLOWER_THAN_HOME * quick.seconds):
            said = f"{usual} after {usual.seconds:.2f} s, and GET / {quick} after {quick.seconds:.2f} s"
            raise Hindrance(f"{slow} is not a slow request: without any signal it gives {said}")
    stopped = await _stop(deploy, slow, usual)
    if stopped.early:
        raise Hindrance("the slow request was answered before the signal could be sent")
    answer, seconds, ended = stopped.answer, stopped.seconds, stopped.ended
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
        because = f"it loses the request that is in flight at SIGTERM: {answer}{DEAF if stopped.in_shell else ''}"
        return Judgement(FACTOR, "fails", because, did, control, evidence)
    because = f"it answers the request that is in flight at SIGTERM, and ends {seconds:.1f} s after it"
    return Judgement(FACTOR, "holds", because, did, control, evidence)


@dataclass(frozen=True)
class Stopped:
    """The answer to what was in flight, the seconds until the end, how it ended, and whether the answer was early.

    ``in_shell``: the process that got the signal was a shell, which does not hand it on.
    """

    answer: Reply | None
    seconds: float
    ended: str
    early: bool
    in_shell: bool


async def _stop(deploy: Deploy, slow: RequestLine | None, usual: Reply | None) -> Stopped:
    """Send SIGTERM while the slow request is in flight."""
    answers: list[Reply] = []

    async def ask(question: RequestLine) -> None:
        answers.append(await Visitor().ask(deploy.serves_at, question))

    needs = usual.seconds if usual else 0.0
    async with anyio.create_task_group() as tasks:
        if slow:
            tasks.start_soon(ask, slow)
            await _under_way(deploy, needs)
        began, early = time.monotonic(), bool(answers)
        in_shell = await anyio.to_thread.run_sync(tree.is_shell, deploy.pid)
        assert deploy.child
        deploy.child.signal(signal.SIGTERM)
        with anyio.move_on_after(needs + max(GRACE, SLOWER * deploy.ready_after)):
            await deploy.child.ended.wait()
        seconds, ended = time.monotonic() - began, deploy.ended
        await deploy.end()
    return Stopped(next(iter(answers), None), seconds, ended, early, in_shell)


async def _under_way(deploy: Deploy, needs: float) -> None:
    """Wait until the app has taken the connection, and a part of the time has gone by that its answer takes."""
    began = time.monotonic()
    await came_true(lambda: anyio.to_thread.run_sync(tree.serves, deploy.pid, deploy.serves_at), ANSWERS_WITHIN)
    left = needs * UNDER_WAY - (time.monotonic() - began)
    await anyio.sleep(max(0.0, left))  # nothing outside an app shows that its handler has begun


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
