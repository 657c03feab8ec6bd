"""Predictions in a terminal, and the score: what you passed, what is due again, and how well you predict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from capsize.cli.learning import passed_of, when
from capsize.cli.words import AsJson, Which, here, panel, say_json, say_table

if TYPE_CHECKING:
    from capsize.course.lab import Lab
    from capsize.course.predictions import Predictions
    from capsize.course.predictions.score import PredictionScore

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="Which prediction; by default the next to be made.")]
Again = Annotated[bool, typer.Option("--again", help="Forget what you said, for a rehearsal; the notebook asks again.")]


def add_to(app: typer.Typer) -> None:
    command = panel(app, "Learn")
    for verb in (predict, progress):
        command()(verb)


def predict(which: Which, name: Name = None, again: Again = False) -> None:
    """Predict here instead of in the notebook, whose cell then does not ask. What you said stands.

    Examples:  capsize predict 08  ·  capsize predict 08 restarted  ·  capsize predict 08 --again
    """
    lab = here().lab(which, "work")
    if again:
        print(_forgotten(lab.predictions, name))
        return
    chosen = name or _next(lab.predictions)
    if chosen is None:
        print(f"{lab.slug}: you have made all {len(lab.predictions.questions)} predictions")
    else:
        print(lab.predict(chosen))


def progress(as_json: AsJson = False) -> None:
    """Show what you have passed, when it comes back, and how well you predict.

    Examples:  capsize progress  ·  capsize progress --json
    """
    course = here()
    found = [course.lab(slug, "work") for slug in course.slugs]
    if as_json:
        say_json(dict(found[0].progress.read()) if found else {})
        return
    if found:
        _say_passes(found)
        _say_predictions(found)


def _say_passes(labs: list[Lab]) -> None:
    """Show each exercise with the day on which it comes back, and what is due."""
    from capsize.course.reviews import Due
    from capsize.course.schedule import ReviewSchedule

    schedule = ReviewSchedule(labs[0].progress)
    reviews, today = schedule.reviews(), schedule.today()
    for lab in labs:
        rows = [
            (one.id, when(lab, one), reviews[one.id].when(today) if one.id in reviews else "", one.title)
            for one in lab.exercises
        ]
        say_table(("exercise", "passed", "again", "title"), rows, title=f"{lab.slug}: {passed_of(lab)} passed")
    print(f"{Due(labs, schedule)}\n")


def _say_predictions(labs: list[Lab]) -> None:
    from capsize.course.predictions.score import all_entries, outcome, score

    entries = list(all_entries(labs[0].progress.read()))
    if not entries:
        return
    rows = [(slug, name, *outcome(entry)) for slug, name, entry in entries]
    say_table(("lab", "predicted", "you said", "it was", ""), rows, title="predictions")
    columns = ("lab", "passed", "on your own", "choices right", "ranges held", "reasons right")
    say_table(
        columns, [_score_row(lab, score(entry for slug, _, entry in entries if slug == lab.slug)) for lab in labs]
    )
    print(score(entry for *_, entry in entries).calibration)


def _score_row(lab: Lab, predicted: PredictionScore) -> tuple[str, ...]:
    own = "-" if lab.own is None else "passed" if when(lab, lab.own) else "not yet"
    return (lab.slug, passed_of(lab), own, str(predicted.choices), str(predicted.ranges), str(predicted.reasons))


def _next(predictions: Predictions) -> str | None:
    return next((name for name in predictions.questions if predictions.given(name) is None), None)


def _forgotten(predictions: Predictions, name: str | None) -> str:
    names = predictions.forget(name)
    if not names:
        return "there was nothing to forget: you have not predicted it yet"
    return f'forgotten, and kept under "former" in work/progress.json: {", ".join(names)}'
