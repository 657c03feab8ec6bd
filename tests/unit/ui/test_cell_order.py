"""Which cell to run for a name that is missing."""

from __future__ import annotations

import json

import pytest

from capsize.ui.cell_order import advice, is_raised_in_a_cell, notebook_of

CELLS = [
    ("markdown", "# How deep?\n\n## Sink it"),
    ("code", "# start it\nstack = await boat.up()"),
    ("markdown", "It floats."),
    ("code", "from capsize.ui import lab as open_lab\n\ndef draw(depth): return depth"),
    ("code", "%matplotlib inline\nfigure = 1"),
    ("code", "for number in range(3):\n    print(stack, number)"),
]


@pytest.fixture
def notebook(tmp_path):
    file = tmp_path / "boat.ipynb"
    cells = [{"cell_type": kind, "source": text.splitlines(keepends=True)} for kind, text in CELLS]
    file.write_text(json.dumps({"cells": cells}))
    return file


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stack", 'below "Sink it" that begins with\n  stack = await boat.up()'),
        ("open_lab", "from capsize.ui import lab as open_lab"),
        ("draw", "from capsize.ui"),
        ("number", "for number in range(3):"),
    ],
)
def test_the_cell_that_sets_a_name_is_named(notebook, name, words):
    """By the heading above it and its first line, however the cell sets the name."""
    assert words in advice(name, notebook)


@pytest.mark.parametrize("name", ["whale", "figure", "boat", "print"])
def test_a_name_that_no_cell_sets_has_no_advice(notebook, name):
    """Then the traceback helps more: the name is mistyped, or the cell is no plain Python."""
    assert advice(name, notebook) is None


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 7}', '{"cells": []}'])
def test_a_file_that_is_no_notebook_has_no_advice(tmp_path, text):
    """Nothing is raised on top of somebody's error."""
    file = tmp_path / "boat.ipynb"
    file.write_text(text)
    assert advice("stack", file) is None


def test_the_notebooks_file_is_what_the_frontend_says(notebook, monkeypatch):
    """JupyterLab says it in the environment, VS Code among the names; elsewhere nobody does."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert notebook_of({}) is None
    assert notebook_of({"__vsc_ipynb_file__": str(notebook)}) == notebook
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    assert notebook_of({}) == notebook
    monkeypatch.setenv("JPY_SESSION_NAME", "console-1")
    assert notebook_of({}) is None


def test_an_error_in_a_file_that_a_cell_calls_is_not_the_cells():
    """A name that is missing in a learner's own module is shown with its traceback."""
    names = {"missing": lambda: whale}  # noqa: F821 - it is missing
    with pytest.raises(NameError) as in_a_cell:
        exec("whale", names)
    with pytest.raises(NameError) as elsewhere:
        exec("missing()", names)
    assert is_raised_in_a_cell(in_a_cell.tb, names)
    assert not is_raised_in_a_cell(elsewhere.tb, names)
