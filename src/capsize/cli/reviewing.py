"""What comes back after days: a question that was answered wrong, and an exercise under a fault drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from capsize.cli.words import On, Which, here, panel, say_verdict

if TYPE_CHECKING:
    from capsize.check.verdict import Verdict
    from capsize.course.exercises import Exercise
    from capsize.course.lab import Lab
    from capsize.course.recall import RecallQuestion
    from capsize.course.reviews import Due
    from capsize.course.schedule import ReviewSchedule

What = Annotated[
    str | None, typer.Argument(metavar="[ID|LAB]", help="Of one exercise or lab alone; by default of all.")
]


def add_to(app: typer.Typer) -> None:
    command = panel(app, "Learn")
    for verb in (again, remember):
        command()(verb)


def again(which: What = None, on: On = "processes") -> None:
    """Do again what you passed 1, 3, 7 and 21 days ago, or say what is next and when.

    Questions that you answered wrong come first, then the exercise that has waited longest: one of its lab's
    predictions once more, then the check, under a fault drawn anew. A pass moves it to the next interval; a refusal
    brings it back tomorrow.

    Exit code: 0 passed or nothing due, 1 refused or a wrong answer, 2 could not be judged.

    Examples:  capsize again  ·  capsize again 08  ·  capsize again 8.1
    """
    due = _due(which)
    questions, exercises = due.questions, due.exercises
    if not questions and not exercises:
        print(due)
        return
    wrong = [question for lab, question in questions if not _asked(lab, question, due.schedule)]
    verdict = _checked(due, *exercises[0], on) if exercises else None
    print(due)
    raise typer.Exit(_exit_code(bool(wrong), verdict))


def remember(which: Which) -> None:
    """Answer the three questions at a lab's end here instead of in its notebook.

    A wrong answer is explained at once, and its question comes back: `capsize again`.

    Examples:  capsize remember 08
    """
    from capsize.course.recall import recall_of
    from capsize.course.recall.typed import ask

    recall = recall_of(here().lab(which, "work"))
    if not recall.questions:
        print(f"{recall.rooms.slug} has no questions")
    for name, question in recall.questions.items():
        said = recall.said.get(name)
        if said is None:
            print(recall.answer(name, ask(question, f"capsize remember {which}")))
        else:
            print(f"\n{question.asks}\n  you said: {said}\n{question.told(said)}")


def _due(which: str | None) -> Due:
    from capsize.course.reviews import due_of

    course = here()
    if which is None:
        return due_of([course.lab(slug, "work") for slug in course.slugs])
    lab, (first, *_) = course.find(which, "work")
    return due_of([lab], first if which == first.id else None)


def _asked(lab: Lab, question: RecallQuestion, schedule: ReviewSchedule) -> bool:
    """Ask a question that came back; return whether the answer is right."""
    from capsize.course.recall import recall_of
    from capsize.course.recall.typed import ask

    said = ask(question, f"capsize again {lab.slug[:2]}")
    print(recall_of(lab).review(question.name, said))
    print(schedule.told(question.key))
    return question.option(said).is_right


def _checked(due: Due, lab: Lab, exercise: Exercise, on: str) -> Verdict:
    """Ask for a prediction of the lab, then check the exercise under a fault drawn anew."""
    from capsize.check.draw import seed_of
    from capsize.check.run import judge

    seed = seed_of()
    print(f"\n{exercise.id} {exercise.title}, passed {(lab.progress.passed(exercise.id) or '')[:10]}")
    _predict(lab, exercise, seed)
    verdict = judge(lab, exercise, on=on, seed=seed)
    say_verdict(verdict)
    print(due.settle(lab, exercise, verdict))
    return verdict


def _predict(lab: Lab, exercise: Exercise, seed: int) -> None:
    from capsize.course.predictions.typed import predicted
    from capsize.course.reviews import PredictionAgain

    again = PredictionAgain(lab.predictions, exercise, seed)
    name = again.name
    if name is None:
        print(f"no prediction of {lab.slug} was measured yet: its notebook does that")
        return
    print(predicted(again, name))
    print(again.settle(name))


def _exit_code(is_wrong: bool, verdict: Verdict | None) -> int:
    from capsize.check.verdict import exit_code

    return max(int(is_wrong), exit_code([verdict]) if verdict else 0)
