"""What a learner does: find a lab, open it, check, take a hint, compare, begin again."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsize.cli.words import AsJson, Code, On, here, panel, say_json, say_notice, say_table, say_verdict

if TYPE_CHECKING:
    from capsize.course.exercises import Exercise
    from capsize.course.lab import Lab

Id = Annotated[str, typer.Argument(metavar="ID", help="An exercise: 1.1.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Draw again what the verdict with this seed drew.")]
IdOrLab = Annotated[str, typer.Argument(metavar="ID|LAB", help="An exercise (1.1) or a lab (01_monolith, 01).")]


def add_to(app: typer.Typer) -> None:
    command = panel(app, "Learn")
    for verb in (labs, lab, check, watch, why, hint, diff, reset, solution):
        command()(verb)


def labs(which: Annotated[str | None, typer.Argument(metavar="[LAB]")] = None, as_json: AsJson = False) -> None:
    """List the labs, or one lab's exercises.

    Examples:  capsize labs  ·  capsize labs 01  ·  capsize labs --json
    """
    found = [here().lab(which)] if which else list(here().labs())
    if as_json:
        say_json([_lab_json(lab) for lab in found])
    elif which:
        _say_exercises(found[0])
    else:
        rows = [(lab.slug, passed_of(lab), f"{lab.minutes} min", lab.question) for lab in found]
        say_table(("lab", "passed", "time", "question"), rows)


def lab(
    which: Annotated[str | None, typer.Argument(metavar="[LAB]", help="The start page by default.")] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser where there is one.")] = True,
) -> None:
    """Open the course's start page, or a lab's notebook, in JupyterLab; Ctrl-C ends it and all that it runs.

    Examples:  capsize lab  ·  capsize lab 01 --no-browser
    """
    from capsize import jupyter

    words = [] if browser else ["--no-browser"]
    raise typer.Exit(jupyter.main([*words, *([which] if which else [])]))


def check(which: IdOrLab, code: Code = None, on: On = "processes", seed: Seed = None, as_json: AsJson = False) -> None:
    """Run the exercise's fault against your files and judge what happens.

    The fault is never quite the same: when it strikes, whom and how often is drawn anew, unless --seed names a draw.

    Exit code: 0 passed, 1 refused, 2 could not be judged.

    Examples:  capsize check 1.1  ·  capsize check 01  ·  capsize check 1.1 --code solutions --json  ·
    capsize check 1.1 --on docker  ·  capsize check 1.1 --seed 1234
    """
    from capsize.check.run import judge
    from capsize.check.verdict import exit_code

    lab, exercises = here().find(which, code)
    verdicts = []
    for exercise in exercises:
        _say_begin(exercise)
        verdicts.append(judge(lab, exercise, on=on, seed=seed))
        if not as_json:
            say_verdict(verdicts[-1])
    if as_json:
        say_json({"exit": exit_code(verdicts), "verdicts": [verdict.to_json() for verdict in verdicts]})
    raise typer.Exit(exit_code(verdicts))


def watch(which: IdOrLab, on: On = "processes") -> None:
    """Check whenever you save: the exercise, or of a lab the exercises whose file you saved. Ctrl-C ends it.

    The newest save wins: a check that is under way begins again.

    Examples:  capsize watch 8.2  ·  capsize watch 08
    """
    from capsize.check.watch import Watch

    lab, exercises = here().find(which, "work")
    print(f"checks {which} whenever you save in {lab.rooms.short(lab.rooms.work)}; Ctrl-C ends it", flush=True)
    watching = Watch(lab, exercises, say_verdict, on=on, begins=_say_begin)
    with contextlib.suppress(KeyboardInterrupt):
        watching.run()


def why(
    id: Id,  # noqa: A002 - what a learner calls it
    number: Annotated[int | None, typer.Argument(metavar="[NUMBER]", help="Which it was; 0: none of them.")] = None,
) -> None:
    """Say which of the reasons it was that a second refusal names; without a number they are listed.

    Examples:  capsize why 1.1  ·  capsize why 1.1 2
    """
    from capsize.check.second_look import misconceptions

    lab, (exercise, *_) = here().find(id, "work")
    if number is not None:
        print(lab.why(exercise.id, number))
        return
    known = misconceptions(lab, exercise)
    for place, one in enumerate(known, 1):
        print(f"{place}. {one.because}")
    if not known:
        print(f"{exercise.id} was not refused last, or nobody else has met what it was refused for")


def hint(
    id: Id,  # noqa: A002 - what a learner calls it
    step: Annotated[int | None, typer.Option(help="1, 2 or 3; without it you get the next one.")] = None,
) -> None:
    """Give the next of an exercise's three hints: a question, a pointer, nearly the code.

    Examples:  capsize hint 1.1  ·  capsize hint 1.1 --step 1
    """
    print(here().find(id, "work")[0].hint(id, step))


def diff(which: IdOrLab) -> None:
    """Show what you changed, against starter/.

    Examples:  capsize diff 1.1  ·  capsize diff 01
    """
    lab, chosen = here().find(which, "work")
    say_notice(lab)
    _say_diff(lab.workspace.diff(*_one(which, chosen)) or f"no change in {lab.rooms.short(lab.rooms.work)}\n")


def reset(which: IdOrLab) -> None:
    """Begin again from starter/; your version is kept, and you are told where.

    Examples:  capsize reset 1.1  ·  capsize reset 01
    """
    lab, chosen = here().find(which, "work")
    print(lab.workspace.reset(*_one(which, chosen)))


def solution(
    id: Id,  # noqa: A002 - what a learner calls it
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    apply: Annotated[bool, typer.Option(help="Put it in place of your file, which is kept; counts apart.")] = False,
) -> None:
    """Show what the solution changes, against starter/, or go on from it. Asks first.

    Examples:  capsize solution 1.1  ·  capsize solution 1.1 --apply
    """
    lab, (exercise, *_) = here().find(id, "work")
    asked = "Put the solution in place of your file for" if apply else "See the solution of"
    if not yes and not typer.confirm(f"{asked} {id} {exercise.title}?"):
        raise typer.Exit(0)
    if apply:
        print(lab.apply_solution(id))
    else:
        _say_diff(lab.workspace.solution(exercise))


def _say_begin(exercise: Exercise) -> None:
    if sys.stderr.isatty():
        print(f"{exercise.id} {exercise.title} …", file=sys.stderr)


def _one(which: str, chosen: tuple[Exercise, ...]) -> tuple[Exercise, ...]:
    """Tell an exercise that was asked for from a lab that happens to have one."""
    return chosen if which == chosen[0].id else ()


def _say_exercises(lab: Lab) -> None:
    print(f"{lab.slug}: {lab.question}\n")
    for exercise in [*lab.exercises, *([lab.own] if lab.own else [])]:
        where = ", ".join([lab.rooms.short(lab.rooms.work / exercise.file), *exercise.also])
        how = "; on your own, without hints" if exercise.is_own else ""
        typer.secho(f"{exercise.id} {exercise.title}", bold=True)
        print(f"    {where}, about {exercise.minutes} min; {when(lab, exercise) or 'not passed yet'}{how}")
        for line in exercise.accept:
            print(f"    - {line}")


def _say_diff(text: str) -> None:
    for line in text.splitlines():
        colour = {"+": "green", "-": "magenta", "@": "cyan"}.get(line[:1])
        typer.secho(line, fg=colour, bold=line.startswith(("+++", "---")))


def _lab_json(lab: Lab) -> dict[str, Any]:
    known = {"slug": lab.slug, "question": lab.question, "minutes": lab.minutes, "notebook": str(lab.rooms.notebook)}
    return {**known, "exercises": [_exercise_json(lab, exercise) for exercise in lab.exercises]}


def _exercise_json(lab: Lab, exercise: Exercise) -> dict[str, Any]:
    names = ("id", "title", "file", "minutes")
    return {**{name: getattr(exercise, name) for name in names}, "passed": bool(when(lab, exercise))}


def passed_of(lab: Lab) -> str:
    return f"{sum(bool(when(lab, exercise)) for exercise in lab.exercises)} of {len(lab.exercises)}"


def when(lab: Lab, exercise: Exercise) -> str:
    return (lab.progress.passed(exercise.id) or "")[:16].replace("T", " ")
