"""The labs in order: question, minutes, what each needs, how far you are, and what is due again."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from capsize.course.exercises import read_prerequisites
from capsize.course.lab import Lab
from capsize.course.reviews import due_of
from capsize.start_page.frame import tag

RUN = (
    "How to run a cell: click it, then press <kbd>Shift</kbd> + <kbd>Enter</kbd>. "
    "While it runs, <code>[*]</code> is beside it; a number says that it is done."
)


def labs_html(labs: Sequence[Lab]) -> str:
    """Write the list of labs, what to go on with, and what is due."""
    rows = tag("ol", *(_row(lab) for lab in labs), kind="labs")
    return "\n".join([_next(labs), tag("p", RUN), _due(labs), rows])


def _next(labs: Sequence[Lab]) -> str:
    lab = next((lab for lab in labs if _passed(lab) < len(lab.exercises)), labs[0])
    verb = "Go on with" if any(map(_passed, labs)) else "Begin with"
    return tag("p", tag("a", f"{verb} lab {lab.slug[:2]}", href=notebook_link(lab), target="lab", kind="go"))


def _due(labs: Sequence[Lab]) -> str:
    due = due_of(labs)
    words = tag("strong", "Again: ") + escape(str(due)) + ". "
    how = "In a terminal: <code>capsize again</code>." if due.exercises or due.questions else ""
    return tag("p", words + how, kind="due")


def _row(lab: Lab) -> str:
    passed, count = _passed(lab), len(lab.exercises)
    link = tag("a", escape(lab.question), href=notebook_link(lab), target="lab")
    far = f"{lab.minutes} min · {passed} of {count} passed"
    before = read_prerequisites(lab.rooms.exercises_file).items()
    needs = " and ".join(f"lab {number} ({escape(why)})" for number, why in before)
    return tag(
        "li",
        tag("span", lab.slug[:2], kind="number"),
        tag("h2", link),
        tag("span", far, kind="far"),
        tag("p", f"easier after {needs}" if needs else "needs no other lab", kind="soft needs"),
        kind="lab",
        data_done="yes" if passed == count else "no",
    )


def notebook_link(lab: Lab) -> str:
    """Give the address of your copy of a lab's notebook in JupyterLab."""
    return f"/lab/tree/work/{lab.rooms.notebook.name}"


def _passed(lab: Lab) -> int:
    return sum(lab.progress.passed(exercise.id) is not None for exercise in lab.exercises)
