"""An exercise: its file, two to four lines that say when it is done, and the cell that checks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from capsize.course.exercises import read_exercises
from capsize.notebooks.notebook import Cell, Notebook, outside_fences
from capsize.notebooks.rules.finding import Finding, Rule, at, of
from capsize.notebooks.rules.syntax import called, tree

TITLE = re.compile(r"Exercise (\d+\.\d+)\b")
BULLET = re.compile(r"^[-*] ")
FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class Section:
    """The cells below an exercise's heading, up to the next heading that is not below it."""

    id: str
    cells: tuple[Cell, ...]

    @property
    def prose(self) -> list[str]:
        return [line for cell in self.cells if cell.is_prose for line in outside_fences(cell.source)]

    @property
    def bullets(self) -> int:
        return sum(bool(BULLET.match(line)) for line in self.prose)

    def names(self, path: str) -> bool:
        return path in "\n".join(self.prose)

    @property
    def checks(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_code and _checks(cell, self.id)]


def exercises_are_whole(notebook: Notebook) -> Iterator[Finding]:
    """Each exercise says which file, when it is done, and is checked."""
    folder = f"work/{notebook.rooms.slug}/"
    for section in sections(notebook):
        cell = section.cells[0]
        if not section.names(folder):
            yield at(notebook, cell, f"exercise {section.id} names no file to edit", f"Say: edit `{folder}…`")
        if not FEWEST <= section.bullets <= MOST:
            what = f"exercise {section.id} has {section.bullets} bullets, where {FEWEST} to {MOST} say when it is done"
            yield at(notebook, cell, what, "Write what holds when it is solved, a line each")
        if not section.checks:
            yield at(
                notebook, cell, f"exercise {section.id} has no check", f'Add a cell: await lab.check("{section.id}")'
            )


def exercises_pass(notebook: Notebook) -> Iterator[Finding]:
    """The verdict that a check's cell shows is a pass: the solutions made the notebook."""
    for section in sections(notebook):
        for cell in section.checks:
            if f"{section.id} passed" not in cell.shown:
                said = cell.shown.partition("\n")[0] or "nothing"
                what = f"exercise {section.id} has not passed here: {said}"
                yield at(notebook, cell, what, f"Fix it, then type: capsize notebooks update {notebook.rooms.slug}")


def exercises_are_those_of_the_lab(notebook: Notebook) -> Iterator[Finding]:
    """The exercises that exercises.toml lists are here, in its order, with the files that it names."""
    if not notebook.rooms.exercises_file.exists():
        return
    known = read_exercises(notebook.rooms.exercises_file, notebook.rooms.slug)
    told, listed = sections(notebook), [exercise for exercise in known if not exercise.is_own]
    if [section.id for section in told] != [exercise.id for exercise in listed]:
        there = _list(exercise.id for exercise in listed)
        what = f"exercises {_list(section.id for section in told)}, where exercises.toml lists {there}"
        yield of(notebook, what, "Give each a heading: ## Exercise 1.1: its title")
    files = {exercise.id: f"work/{exercise.slug}/{exercise.file}" for exercise in listed}
    for section in told:
        if section.id in files and not section.names(files[section.id]):
            what = f"exercise {section.id} does not name {files[section.id]}"
            yield at(notebook, section.cells[0], what, "Name the file that exercises.toml names")


def sections(notebook: Notebook) -> list[Section]:
    """Find the exercises by their headings."""
    found: list[Section] = []
    level = 0
    for cell in notebook.cells:
        heading = cell.headings[0] if cell.headings else None
        title = TITLE.match(heading.text) if heading else None
        if heading and title:
            found.append(Section(title[1], (cell,)))
            level = heading.level
        elif heading and heading.level <= level:
            level = 0
        elif level:
            found[-1] = Section(found[-1].id, (*found[-1].cells, cell))
    return found


def _checks(cell: Cell, id: str) -> bool:  # noqa: A002 - what a learner calls it
    calls = [node for node in ast.walk(tree(cell) or ast.Module([], [])) if isinstance(node, ast.Call)]
    return any(called(call).endswith("check") and _first(call) == id for call in calls)


def _first(call: ast.Call) -> object:
    return call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None


def _list(ids: Iterator[str]) -> str:
    return ", ".join(ids) or "none"


RULES: tuple[Rule, ...] = (exercises_are_whole, exercises_pass, exercises_are_those_of_the_lab)
