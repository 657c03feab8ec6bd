"""The lab as a notebook holds it: what takes time is awaited, so that the kernel's loop stays free."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from capsize.errors import CapsizeError
from capsize.ui.asking import ask
from capsize.ui.awaited import awaited
from capsize.ui.away import away
from capsize.ui.board import Board
from capsize.ui.boards import board_of, follow
from capsize.ui.live import Live
from capsize.ui.shown import shown
from capsize.waiting import came_true

if TYPE_CHECKING:
    from capsize.check.run import Checking
    from capsize.check.verdict import Verdict
    from capsize.course.exercises import Exercise, Hint
    from capsize.course.lab import Lab
    from capsize.course.predictions import PredictionComparison
    from capsize.load.report import LoadReport
    from capsize.session.running import RunningStack
    from capsize.ui.recall import RecallForm

TRUE_WITHIN = 60.0  # seconds that a cell waits for what it says
LAST = 8  # events, quoted where it did not come


class NotebookLab:
    """A lab whose long calls are awaited. Interrupting the cell reaches the call under way.

    ``lab`` is the same lab with calls that wait.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def __repr__(self) -> str:
        return repr(self.lab)

    @awaited
    async def up(
        self, *, on: str = "processes", wait: bool = True, changed: Callable[[Any], Any] = lambda stack: stack
    ) -> RunningStack:
        """Start the lab's stack, as processes or on docker, and wait until it is ready.

        Without ``wait`` its Deployments are not awaited. ``changed`` returns the stack that an experiment needs instead
        of the lab's. An interrupt unwinds what has started.
        """
        starting: Future[None] = Future()
        try:
            model = changed(self.lab.model())
            up = partial(self.lab.up, on=on, wait=wait, model=model, starting=starting)
            stack: RunningStack = await away(up, starting.cancel)
        except asyncio.CancelledError:
            await away(self.lab.down)  # it was up a moment before the interrupt
            raise
        follow(stack)
        return stack

    @awaited
    async def down(self) -> None:
        """Take the stack down; nothing of it is left."""
        await away(self.lab.down)

    @awaited
    async def until(self, holds: Callable[[], object], *, within: float = TRUE_WITHIN) -> None:
        """Wait until a condition holds. Raise CapsizeError, with what happened last, where it does not in time."""
        if not await came_true(holds, within):
            raise CapsizeError(
                f"this cell waited {within:g} s for its condition, and it did not come true",
                evidence=tuple(map(str, self.lab.stack.timeline.events[-LAST:])),
                next="run the lab's cells again from where its stack is started",
            )

    def board(self) -> Board:
        """Show the stack that is up, live."""
        return board_of(self.lab.stack)

    @awaited
    async def load(
        self, *, users: int, seconds: float, rate: float | None = None, to: str | None = None, **more: Any
    ) -> LoadReport:
        """Send load to the stack that is up, and report. An interrupt ends it early and keeps what was measured.

        ``to`` names a published service where it is not the first; with ``warm=1`` the same load runs for a second
        before, and is not measured.
        """
        from capsize.load import run

        live = shown(Live(f"load by {users} users", seconds))
        more = {"marks": lambda: self.lab.stack.marks(to), "on_bucket": live.take, **more}
        file, url = self.lab.rooms.load_file, self.lab.stack.url(to)
        report = None
        try:
            report = await run(file, url, users=users, seconds=seconds, rate=rate, **more)
        finally:
            live.end(interrupted=bool(report and report.interrupted))
        return report

    @awaited
    async def sweep(self, users: Sequence[int] = (1, 2, 4, 8, 16, 32), seconds: float = 2) -> list[LoadReport]:
        """Send the same load with more and more users, and report each. An interrupt keeps what was measured."""
        from capsize.load import sweep

        live = shown(Live(f"load by {users[0]} to {users[-1]} users"))
        reports: list[LoadReport] = []
        file, url = self.lab.rooms.load_file, self.lab.stack.url()
        try:
            reports = await sweep(file, url, users=users, seconds=seconds, on_bucket=live.take)
        finally:
            live.end(interrupted=any(report.interrupted for report in reports))
        return reports

    @awaited
    async def check(
        self,
        id: str,  # noqa: A002 - what a learner calls it
        *,
        on: str = "processes",
        seed: int | None = None,
    ) -> Verdict:
        """Run the exercise's fault against your files, in a stack of their own, and judge what happens.

        ``seed`` repeats the fault of a verdict that names it.
        """
        return await self._judge(self.lab.exercise(id), on, seed)

    @awaited
    async def check_all(self, *, on: str = "processes") -> list[Verdict]:
        """Check every exercise of the lab, but those that passed in this session and did not change since.

        Each verdict is shown as it comes, a pass in one line.
        """
        from capsize.check.unchanged import still_passed

        verdicts = []
        for exercise in self.lab.exercises:
            verdicts.append(still_passed(self.lab, exercise, on) or await self._judge(exercise, on))
            print(repr(verdicts[-1])) if verdicts[-1].passed else shown(verdicts[-1])
        return verdicts

    def hint(self, id: str, step: int | None = None) -> Hint:  # noqa: A002 - what a learner calls it
        """Give the exercise's next hint, or the one that ``step`` (1 to 3) names."""
        return self.lab.hint(id, step)

    def why(self, id: str, number: int) -> str:  # noqa: A002 - what a learner calls it
        """Say which of the misconceptions that a verdict names it was; 0: none of them."""
        return self.lab.why(id, number)

    @awaited
    async def predict(self, name: str, *former: object, **words: object) -> None:
        """Ask for your prediction before an experiment, and wait for it; one that you gave stands."""
        if former or words:
            raise CapsizeError(
                "predict() takes a name alone: the cell asks for the rest", next=f"await lab.predict({name!r})"
            )
        await ask(self.lab.predictions, name)

    def remember(self) -> RecallForm:
        """Ask the lab's three questions; a wrong answer is explained at once, and comes back in ``again``."""
        from capsize.course.recall import recall_of
        from capsize.ui.recall import RecallForm

        recall = recall_of(self.lab)
        return RecallForm(recall.questions.values(), recall)

    @awaited
    async def again(self, id: str | None = None) -> Verdict | None:  # noqa: A002 - what a learner calls it
        """Do again what is due of this lab, or of one exercise: questions, a prediction, and the check."""
        from capsize.ui.again import again

        return await again(self.lab, id, self._judge)

    def compare_prediction(self, name: str, measured: float) -> PredictionComparison:
        """Put what was measured beside what you said."""
        return self.lab.compare_prediction(name, measured)

    @awaited
    async def watch(self, id: str | None = None, *, on: str = "processes") -> None:  # noqa: A002 - as above
        """Check an exercise, or what you save of the lab, whenever you save; interrupt the cell to end it."""
        from capsize.check.watch import Watch

        loop, cell = asyncio.get_running_loop(), contextvars.copy_context()
        exercises = [self.lab.exercise(id)] if id else self.lab.exercises
        watching = Watch(
            self.lab, exercises, lambda verdict: loop.call_soon_threadsafe(shown, verdict, context=cell), on=on
        )
        with contextlib.suppress(asyncio.CancelledError):
            await away(watching.run, watching.stop)

    def diff(self, id: str | None = None) -> None:  # noqa: A002 - what a learner calls it
        """Show what you changed, against starter/."""
        print(self.lab.workspace.diff(self.lab.exercise(id) if id else None) or "no change")

    def solution(self, id: str, *, apply: bool = False) -> None:  # noqa: A002 - what a learner calls it
        """Show what the solution changes, or put it in place of your file, which is kept; that counts apart."""
        given = self.lab.exercise(id)
        print(self.lab.apply_solution(id) if apply else self.lab.workspace.solution(given))

    def progress(self) -> None:
        """Show what you have passed of this lab."""
        for exercise in (*self.lab.exercises, *([self.lab.own] if self.lab.own else [])):
            print(f"{exercise.id:<7} {self.lab.progress.passed(exercise.id) or 'not yet':<20} {exercise.title}")

    def reset(self, id: str | None = None) -> str:  # noqa: A002 - what a learner calls it
        """Begin again from starter/, for one exercise's file or the lab; says where your version is kept."""
        return self.lab.reset(id)

    async def _judge(self, exercise: Exercise, on: str, seed: int | None = None) -> Verdict:
        from capsize.check.run import begin, record

        checking: Checking = await away(lambda: begin(self.lab, exercise, on=on, seed=seed))
        return record(checking, await away(checking.verdict, checking.cancel))
