"""Predictions: each experiment has one before it, no cell gives an answer, and in two of a lab nothing breaks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from capsize.course.predictions.file import read_questions
from capsize.notebooks.notebook import Cell, Notebook
from capsize.notebooks.rules.finding import Finding, Rule, at, of
from capsize.notebooks.rules.syntax import tree

PREDICT, COMPARE = "predict", "compare_prediction"
MEASURES = frozenset({"load", "sweep", "race", "kill", "die", "cut", "lose", "fail", "delay", "pause", "stop", "roll"})
FEWEST_FOILS, FEWEST_NUMBERS, MOST_NUMBERS = 2, 1, 3
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class CellCall:
    """A call that a cell makes: the last word of what it calls, and the first argument where that is a text."""

    cell: Cell
    word: str
    name: str
    is_bare: bool


def predictions_are_asked_and_compared(notebook: Notebook) -> Iterator[Finding]:
    """Each prediction of the lab's file is asked once, in its order and by its name alone, and compared once."""
    asked, compared = _calls(notebook, PREDICT), _calls(notebook, COMPARE)
    for call in asked:
        if not call.is_bare:
            yield at(notebook, call.cell, "this cell tells what to predict", 'Write: await lab.predict("its name")')
    declared = list(read_questions(notebook.rooms.predictions_file))
    names, results = [call.name for call in asked], [call.name for call in compared]
    if names != declared:
        what = f"it asks for {_list(names)}, where the lab's file lists {_list(declared)}"
        yield of(notebook, what, "Let both have the same predictions in the same order")
    elif sorted(results) != sorted(declared):
        yield of(notebook, f"it compares {_list(results)}, and asks for {_list(declared)}", "Compare each once")


def experiments_are_predicted(notebook: Notebook) -> Iterator[Finding]:
    """A cell that measures or breaks something lies between a prediction and its comparison."""
    open_names: set[str] = set()
    measuring = MEASURES | _measuring_functions(notebook)
    for cell in notebook.code:
        calls = _calls_of(cell)
        open_names |= {call.name for call in calls if call.word == PREDICT}
        words = sorted({call.word for call in calls} & measuring)
        if words and not open_names:
            yield at(notebook, cell, f"{words[0]} measures what nobody has predicted", "Ask for a prediction first")
        open_names -= {call.name for call in calls if call.word == COMPARE}


def predictions_are_of_each_kind(notebook: Notebook) -> Iterator[Finding]:
    """A lab that predicts has two foils at least, and asks one to three times for a number."""
    questions = read_questions(notebook.rooms.predictions_file).values()
    if not questions:
        return
    foils = sum(bool(question.foil) for question in questions)
    numbers = sum(not question.is_choice for question in questions)
    if foils < FEWEST_FOILS:
        what = f"in {foils} of its predictions nothing breaks, and in {FEWEST_FOILS} at least nothing should"
        yield of(notebook, what, "Else a learner is right by pessimism: mark the choice that comes true as foil")
    if not FEWEST_NUMBERS <= numbers <= MOST_NUMBERS:
        what = f"{numbers} predictions ask for a number, {FEWEST_NUMBERS} to {MOST_NUMBERS} should"
        yield of(notebook, what, "Let most be a choice, which takes seconds")


def _calls(notebook: Notebook, word: str) -> list[CellCall]:
    return [call for cell in notebook.code for call in _calls_of(cell) if call.word == word]


def _calls_of(cell: Cell) -> list[CellCall]:
    """List what a cell calls as it runs, in order; not what its functions will call."""
    parsed = tree(cell)
    statements = [node for node in parsed.body if not isinstance(node, FUNCTIONS)] if parsed else []
    nodes = [node for statement in statements for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return [_call(cell, node) for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset))]


def _call(cell: Cell, node: ast.Call) -> CellCall:
    is_name = len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and not node.keywords
    first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
    return CellCall(cell, _word(node), str(first), is_name)


def _word(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _list(names: list[str]) -> str:
    return ", ".join(names) or "nothing"


def _measuring_functions(notebook: Notebook) -> frozenset[str]:
    """Name the notebook's own functions that measure."""
    trees = [parsed for cell in notebook.code if (parsed := tree(cell))]
    functions = [node for parsed in trees for node in parsed.body if isinstance(node, FUNCTIONS)]
    return frozenset(
        function.name
        for function in functions
        if any(isinstance(node, ast.Call) and _word(node) in MEASURES for node in ast.walk(function))
    )


RULES: tuple[Rule, ...] = (
    predictions_are_asked_and_compared,
    experiments_are_predicted,
    predictions_are_of_each_kind,
)
