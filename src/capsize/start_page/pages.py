"""The pages by name, each made from the course's files when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from capsize.course import Course, Lab
from capsize.course.exercises import Exercise
from capsize.start_page.frame import framed, tag
from capsize.start_page.glossary import Term, glossary
from capsize.start_page.labs import labs_html, notebook_link
from capsize.start_page.verbs import Verb, verbs


def page_of(course: Course, name: str) -> str:
    """Write a page of the course. Raises KeyError where there is none of this name."""
    title, inside = PAGES[name]
    labs = [course.lab(slug, "work") for slug in course.slugs]
    ready = [lab for lab in labs if lab.rooms.notebook.is_file() and lab.rooms.exercises_file.is_file()]
    return framed(name, title, inside(ready))


def _glossary(labs: Sequence[Lab]) -> str:
    by_slug = {lab.slug: lab for lab in labs}
    intro = "Each word as the notebook says it that explains it first. A click opens it; the section is named."
    rows = (_term(term, by_slug[term.rooms.slug]) for term in glossary([lab.rooms for lab in labs]))
    return tag("p", intro) + tag("dl", *rows)


def _term(term: Term, lab: Lab) -> str:
    where = tag("a", f"lab {lab.slug[:2]}, {escape(term.heading)}", href=notebook_link(lab), target="lab")
    return tag("dt", escape(term.name)) + tag("dd", escape(term.words), "<br>", tag("span", where, kind="soft"))


def _verbs(labs: Sequence[Lab]) -> str:
    intro = "What you can call in a notebook, by what you hold. In a terminal: <code>capsize --help</code>."
    return tag("p", intro) + "".join(_held(*one) for one in verbs())


def _held(how: str, words: str, calls: Sequence[Verb]) -> str:
    rows = "".join(tag("dt", tag("code", escape(verb.call))) + tag("dd", escape(verb.words)) for verb in calls)
    return tag("h2", tag("code", escape(how))) + tag("p", escape(words)) + tag("dl", rows, kind="verbs")


def _sheet(labs: Sequence[Lab]) -> str:
    intro = tag("p", "Print it: a page for each lab, with a box for each line that has to be true.", kind="screen")
    return intro + "".join(_sheet_of(lab) for lab in labs)


def _sheet_of(lab: Lab) -> str:
    return tag("h2", f"{lab.slug[:2]}. {escape(lab.question)}") + "".join(map(_exercise, lab.exercises))


def _exercise(exercise: Exercise) -> str:
    where = f"{exercise.minutes} min · <code>work/{escape(exercise.slug)}/{escape(exercise.file)}</code>"
    lines = tag("ul", *(tag("li", escape(line)) for line in exercise.accept))
    head = tag("h3", f"{exercise.id} {escape(exercise.title)}")
    return tag("section", head, tag("p", where, kind="soft"), lines, kind="exercise")


PAGES: Mapping[str, tuple[str, Callable[[Sequence[Lab]], str]]] = {
    "": ("The course", labs_html),
    "glossary": ("Glossary", _glossary),
    "verbs": ("Verbs in a notebook", _verbs),
    "sheet": ("The exercises", _sheet),
}
