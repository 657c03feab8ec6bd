"""A lab as the handle that a learner holds: each verb reaches for the part of the kit that does the work."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from capsize.course.exercises import Exercise, Hint, read_exercises, read_settings, read_time_scale
from capsize.course.lab_paths import Rooms
from capsize.course.notebook_words import minutes_of, question_of
from capsize.errors import CapsizeError
from capsize.session.offered import OfferedStack

if TYPE_CHECKING:
    from concurrent.futures import Future

    from capsize.check.verdict import Verdict
    from capsize.course.predictions import Prediction, PredictionComparison, Predictions
    from capsize.course.progress import Progress
    from capsize.course.workspace import Workspace
    from capsize.load.report import LoadReport
    from capsize.session.running import RunningStack
    from capsize.stack.model import Stack

SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*(?:PASSWORD|TOKEN|SECRET|KEY))\b")


class Lab:
    """One lab, and the stack that it runs. Every call waits until it is done.

    A context manager: ``with capsize.lab("01") as stack`` starts the stack and takes it down.
    """

    def __init__(self, rooms: Rooms, code: str | Path = "work") -> None:
        self.rooms = rooms
        self._code = code
        self._up = OfferedStack()
        self._has_told = False
        self._seed = secrets.token_urlsafe(16)
        self.passes: dict[tuple[str, str], tuple[str, Verdict]] = {}  # (exercise, on) -> (digest, pass)

    def __repr__(self) -> str:
        return f"lab {self.slug}: {self.question}"

    @property
    def slug(self) -> str:
        return self.rooms.slug

    @property
    def question(self) -> str:
        """The question that the lab asks: its notebook's H1."""
        return question_of(self.rooms.notebook) or self.slug[3:].replace("_", " ").capitalize()

    @property
    def minutes(self) -> int:
        """How long the lab takes, as its notebook says it; the sum of its exercises where it does not."""
        return minutes_of(self.rooms.notebook) or sum(exercise.minutes for exercise in self.exercises)

    @property
    def file(self) -> Path:
        """The file that says what runs, by which other terminals know the stack: the first of the manifests, if any."""
        return self.rooms.kubernetes if self.rooms.kubernetes.exists() else self.rooms.compose

    @property
    def locustfile(self) -> Path:
        """The lab's customers."""
        return self.rooms.load_file

    @property
    def is_own_work(self) -> bool:
        """True where the learner's copy runs; only then does a pass count."""
        return str(self._code) == "work"

    @cached_property
    def tasks(self) -> tuple[Exercise, ...]:
        """All that can be checked: the exercises, and the task on your own."""
        return read_exercises(self.rooms.exercises_file, self.slug)

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises that the lab leads through, without the task on your own."""
        return tuple(exercise for exercise in self.tasks if not exercise.is_own)

    @property
    def own(self) -> Exercise | None:
        """The task on your own, which has no hints; None where the lab has none."""
        return next((exercise for exercise in self.tasks if exercise.is_own), None)

    def of(self, exercise: Exercise) -> Lab:
        """Return the lab with the stack and the checks of an exercise: others for the task on your own."""
        if exercise.is_own == self.rooms.own:
            return self
        return Lab(replace(self.rooms, own=exercise.is_own), self._code)

    @cached_property
    def progress(self) -> Progress:
        from capsize.course.progress import Progress

        solved = "solutions" in (str(self._code), os.environ.get("CAPSIZE_CODE"))
        return Progress(None if solved else self.rooms.root / "work" / "progress.json")

    @property
    def workspace(self) -> Workspace:
        from capsize.course.workspace import Workspace

        return Workspace(self.rooms, self.tasks)

    @property
    def stack(self) -> RunningStack:
        """The stack that is up. Raises CapsizeError where none is."""
        if self._up.stack is None:
            raise CapsizeError(f"{self.slug} is not up", next="up()")
        return self._up.stack

    @property
    def is_up(self) -> bool:
        return self._up.stack is not None

    def exercise(self, id: str) -> Exercise:  # noqa: A002 - what a learner calls it
        for exercise in self.tasks:
            if exercise.id == str(id):  # 1.1, a number, is what somebody types who leaves out the quotes
                return exercise
        known = ", ".join(exercise.id for exercise in self.tasks)
        raise CapsizeError(f"{self.slug} has no exercise {id}", expected=known, next=f"capsize labs {self.slug}")

    def code(self) -> Path:
        """The folder whose files the stack runs; work/ is made from starter/ on first use."""
        if self.is_own_work:
            self._tell_of_changes()
            return self.workspace.begin()
        if str(self._code) in ("starter", "solutions"):
            return self.rooms.root / str(self._code) / self.slug
        folder = Path(self._code).expanduser().resolve()
        folder = folder / self.slug if (folder / self.slug).is_dir() else folder
        if folder.is_dir():
            return folder
        raise CapsizeError(f"no such folder: {folder}", expected="work, starter, solutions or a folder")

    def _tell_of_changes(self) -> None:
        """Say once, on stderr, that starter/ changed since the learner began, if it did."""
        notice = None if self._has_told else self.workspace.notice()
        self._has_told = True
        if notice:
            print(notice, file=sys.stderr)

    def variables(self) -> Mapping[str, str]:
        """Make what the lab's files ask for: CODE, and a random value for every password, token, secret and key.

        Of the environment only the lab's own ``settings`` count. A manifest's passwords are made from SEED, so that to
        read it again changes none of them.
        """
        text = self.rooms.compose.read_text(encoding="utf-8") if self.rooms.compose.exists() else ""
        # the letter in front: a value that begins with a dash would be read as an option
        passwords = {name: f"c{secrets.token_urlsafe(16)}" for name in SECRET.findall(text)}
        settings = {name: os.environ[name] for name in read_settings(self.rooms.exercises_file) if name in os.environ}
        return {**settings, **passwords, "CODE": str(self.code()), "SEED": self._seed}

    def model(self) -> Stack:
        """Read what the lab runs: its manifests, with those among your files over them, else its Compose file."""
        from capsize.stack import compose, kubernetes

        if not self.rooms.kubernetes.exists():
            return compose.read(self.rooms.compose, self.variables())
        files = [self.rooms.kubernetes, *kubernetes.manifests(self.code())]
        return kubernetes.read(files, self.variables(), time_scale=read_time_scale(self.rooms.exercises_file))

    def up(
        self,
        *,
        on: str = "processes",
        model: Stack | None = None,
        wait: bool = True,
        starting: Future[None] | None = None,
    ) -> RunningStack:
        """Start the lab's stack and wait until it is ready; one that is up already is taken down first.

        ``on`` says what runs it: processes of this machine, or containers of the Docker engine. Without ``wait``
        Deployments are started and not awaited, so that you can watch one that never gets ready. ``model`` is what to
        start where that is not just what ``model()`` reads.

        Cancelling ``starting`` from another thread ends the wait and unwinds what has started.
        """
        from capsize.session.hosts import opening

        self.down()
        return self._up.start(model or self.model(), wait=wait, starting=starting, host=opening(on))

    def down(self) -> None:
        """Take the stack down; nothing of it is left. Does nothing where none is up."""
        self._up.down()

    def __enter__(self) -> RunningStack:
        return self.up()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def check(
        self,
        id: str,  # noqa: A002 - what a learner calls it
        *,
        on: str = "processes",
        seed: int | None = None,
    ) -> Verdict:
        """Run the exercise's fault against your files, in a stack of their own, and judge what happens.

        ``seed`` repeats the fault of a verdict that names it.
        """
        from capsize.check.run import judge

        return judge(self, self.exercise(id), on=on, seed=seed)

    def check_all(self, *, on: str = "processes") -> list[Verdict]:
        """Check every exercise of the lab, one after the other, but those that passed and did not change since."""
        from capsize.check.run import judge_changed

        return [judge_changed(self, exercise, on=on) for exercise in self.exercises]

    def hint(self, id: str, step: int | None = None) -> Hint:  # noqa: A002 - what a learner calls it
        """Give the exercise's next hint, or the one that ``step`` (1 to 3) names."""
        from capsize.course.refusal_log import RefusalLog

        exercise = self.exercise(id)
        if exercise.is_own:
            raise CapsizeError(f"{exercise.id} has no hints: this task is your own", next=f"capsize labs {self.slug}")
        given = self.progress.next_hint(exercise.id, len(exercise.hints), step)
        return Hint(exercise, given, RefusalLog(self.progress).last(exercise.id))

    def why(self, id: str, number: int) -> str:  # noqa: A002 - what a learner calls it
        """Keep which of the misconceptions that a second refusal names it was, 0 for none of them; return it."""
        from capsize.check.second_look import say_which

        return say_which(self, self.exercise(id), number)

    def load(
        self, *, users: int, seconds: float, rate: float | None = None, to: str | None = None, **more: Any
    ) -> LoadReport:
        """Send load to the stack that is up and wait for the report. ``rate`` paces the users: requests per second.

        ``to`` names a published service where it is not the first.
        """
        from capsize.load import run_blocking

        more.setdefault("marks", lambda: self.stack.marks(to))
        return run_blocking(self.rooms.load_file, self.stack.url(to), users=users, seconds=seconds, rate=rate, **more)

    @cached_property
    def predictions(self) -> Predictions:
        """What the lab asks before its experiments, and what you said."""
        from capsize.course.predictions import Predictions

        return Predictions(self.rooms, self.progress)

    def predict(self, name: str) -> Prediction:
        """Ask in this terminal for your prediction before an experiment; one that you gave stands."""
        from capsize.course.predictions.typed import predicted

        return predicted(self.predictions, name)

    def compare_prediction(self, name: str, measured: float) -> PredictionComparison:
        """Put what was measured beside what you said."""
        return self.predictions.compare(name, measured)

    def reset(self, id: str | None = None) -> str:  # noqa: A002 - what a learner calls it
        """Begin again from starter/, for one exercise's file or the lab; says where your version is kept."""
        return self.workspace.reset(self.exercise(id) if id else None)

    def apply_solution(self, id: str) -> str:  # noqa: A002 - what a learner calls it
        """Put the solution's file in place of yours; says where yours is kept. A pass with it counts apart."""
        exercise = self.exercise(id)
        said = self.workspace.apply(exercise)
        self.progress.record_solution(exercise.id)
        return said

    def record_pass(self, exercise: Exercise) -> None:
        """Count a pass of the learner's own file."""
        if not (self.progress.has_taken(exercise.id) and self.workspace.is_applied(exercise)):
            self.progress.record_pass(exercise.id)
