"""Save, and the verdict comes by itself: a check for each save, and the newest save wins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from capsize.check import code_folder
from capsize.check.run import begin, record
from capsize.check.verdict import Verdict
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab

LOOK = 0.25  # seconds between two looks at the folder


class Watch:
    """Checks exercises of a lab whenever a file of theirs is saved, until ``stop``.

    One exercise is checked at once; of several, those whose file is saved, or all where the file is nobody's.
    ``show`` is given each verdict. A save during a check ends that check, and it begins again with the new file.
    """

    def __init__(
        self,
        lab: Lab,
        exercises: Sequence[Exercise],
        show: Callable[[Verdict], object],
        *,
        on: str = "processes",
        begins: Callable[[Exercise], object] = lambda _: None,
    ) -> None:
        self.lab, self.exercises, self.show, self.on, self.begins = lab, tuple(exercises), show, on, begins
        self.code = lab.code()
        self._seen = code_folder.state(self.code)
        self._due: list[Exercise] = list(exercises) if len(exercises) == 1 else []
        self._stopped = threading.Event()

    def run(self) -> None:
        """Check what is due, and then what is saved; returns after ``stop``, with no check left running."""
        with ThreadPoolExecutor(1, "capsize-watch") as pool:
            while not self._stopped.is_set():
                if not self._due:
                    self._take_saves() or self._stopped.wait(LOOK)
                elif verdict := self._verdict(self._due[0], pool):
                    self._due.pop(0)
                    self.show(verdict)

    def stop(self) -> None:
        """End the check under way, and the watch, from any thread."""
        self._stopped.set()

    def _verdict(self, exercise: Exercise, pool: ThreadPoolExecutor) -> Verdict | None:
        """Check an exercise; None where a save or ``stop`` came first."""
        self.begins(exercise)
        checking = begin(self.lab, exercise, on=self.on)
        coming = pool.submit(checking.verdict)
        try:
            while not coming.done():
                if self._take_saves() or self._stopped.wait(LOOK):
                    return None
            return record(checking, coming.result())
        finally:
            checking.cancel()
            wait([coming])

    def _take_saves(self) -> bool:
        """Put the exercises first in line whose files have been saved since the last look."""
        before, self._seen = self._seen, code_folder.state(self.code)
        saved = {name for name in before.keys() | self._seen.keys() if before.get(name) != self._seen.get(name)}
        if not saved:
            return False
        changed = [exercise for exercise in self.exercises if saved & set(exercise.files)] or list(self.exercises)
        self._due = [*changed, *(exercise for exercise in self._due if exercise not in changed)]
        return True
