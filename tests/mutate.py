"""Change solutions one small step at a time, and print what the checks do not refuse: ``python tests/mutate.py 08``.

With ids of exercises, those alone. Exit 1 where less than 95 % of an exercise's mutants are refused, equivalent ones
left out (``tests/mutants/08_health.toml``), and 2 where nothing could be judged. What was judged is kept in the cache
folder and not judged again until the mutant, its check, its stack or what checks are made of changes.
"""

from __future__ import annotations

import sys

from mutants.trial import Trial
from the_course import COURSE, ROOT

from capsize.errors import CapsizeError

ENOUGH = 0.95


def main(names: list[str]) -> int:
    """Try the mutants of the named labs and exercises, or of all."""
    exit_code = 0
    for id in _ids(names):  # noqa: A001 - what a learner calls it
        tally = Trial(COURSE, id, ROOT / "tests" / "mutants").run()
        print("\n".join(tally.lines), flush=True)
        exit_code = max(exit_code, int(tally.share < ENOUGH))
    return exit_code


def _ids(names: list[str]) -> list[str]:
    """List the exercises that the names mean, a lab's task on your own after the others."""
    found = [COURSE.find(name, "solutions") for name in names or COURSE.slugs]
    tasks = [(lab, exercises) if len(exercises) == 1 else (lab, (*exercises, lab.own)) for lab, exercises in found]
    return [exercise.id for _, exercises in tasks for exercise in exercises if exercise]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CapsizeError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
