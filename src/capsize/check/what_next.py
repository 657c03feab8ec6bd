"""What comes after a verdict on the learner's own file: the next exercise, or a look at whether the file was saved."""

from __future__ import annotations

from dataclasses import replace

from capsize.check.verdict import Verdict
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab


def told(lab: Lab, exercise: Exercise, verdict: Verdict) -> Verdict:
    """Return the verdict with what is next: how far the lab is, or that the file is still the one that was given."""
    if verdict.passed:
        return replace(verdict, advice=after_pass(lab, exercise))
    if verdict.status == "refused" and not verdict.advice and lab.workspace.is_as_given(exercise):
        return replace(verdict, unsaved=f"{lab.rooms.short(lab.rooms.work / exercise.file)} is as it was given: saved?")
    return verdict


def after_pass(lab: Lab, exercise: Exercise) -> str:
    """Say how many exercises of the lab are passed, and which one comes next."""
    passed = lab.progress.read()["passed"]
    own = [lab.own] if lab.own else []
    left = [one for one in (*lab.exercises, *own) if one.id not in passed and one.id != exercise.id]
    apart = [] if exercise.id in passed else ["it is the solution's file, and counts apart"]
    count = f"{sum(one.id in passed for one in lab.exercises)} of {len(lab.exercises)} passed"
    following = [f"next: {one.id} {one.title}, in {lab.rooms.short(lab.rooms.work / one.file)}" for one in left[:1]]
    return "; ".join([*apart, count, *following])
