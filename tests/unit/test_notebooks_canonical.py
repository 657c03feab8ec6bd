"""The canonical form: written once or twice, it is the same, and it holds nothing that changes by itself."""

from __future__ import annotations

import json

import nbformat
from good_notebook import code, prose, raised, said, shown
from hypothesis import given
from hypothesis import strategies as some
from nbval.plugin import get_sanitize_patterns

from capsize.notebooks.canonical import SANITIZE, canonical, rules, text

words = some.text(some.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
heading = some.builds("{} {}".format, some.sampled_from(["#", "##", "###"]), words)
outputs = some.one_of(
    some.builds(said, words), some.builds(lambda text: shown(text=text), words), some.builds(raised, words, words)
)
cells = some.one_of(
    some.builds(prose, some.one_of(words, heading)),
    some.builds(code, words, outputs, count=some.none() | some.integers(1, 99)),
)


def output_of(*outputs: dict) -> list:
    return canonical({"cells": [code("1", *outputs)]})["cells"][0]["outputs"]


@given(some.lists(cells, max_size=8))
def test_form_of_the_form_is_the_form(cells):
    """Writing what was read changes no byte, whatever the notebook holds."""
    once = text({"cells": cells})
    assert text(nbformat.reads(once, as_version=4)) == once


@given(some.lists(cells, max_size=8))
def test_every_cell_has_a_name_of_its_own(cells):
    """No two cells have one id, and the format accepts each."""
    names = [cell["id"] for cell in json.loads(text({"cells": cells}))["cells"]]
    assert len(set(names)) == len(names)


def test_cells_are_named_after_the_heading_above():
    """An id says where the cell stands, so that a change in one section renames nothing in another."""
    page = canonical({"cells": [prose("# How far?"), code("1"), prose("## Exercise 1.1: stock"), code("2"), code("3")]})
    names = ["how-far", "how-far-1", "exercise-1-1-stock", "exercise-1-1-stock-1", "exercise-1-1-stock-2"]
    assert [cell["id"] for cell in page["cells"]] == names


def test_code_is_counted_from_one():
    """Counts are 1 to n in the order of the page; a cell that has not run stays without."""
    page = canonical({"cells": [code("1", count=7), prose("So."), code("2", count=9), code("3", count=None)]})
    assert [cell.get("execution_count") for cell in page["cells"]] == [1, None, 2, None]


def test_what_only_this_run_knew_is_gone():
    """Metadata of an editor, a kernel's version and cells without words are not kept."""
    cell = {**code("1"), "metadata": {"execution": {"iopub.execute_input": "12:00"}, "tags": ["kept"]}}
    page = canonical({"cells": [cell, code("")], "metadata": {"language_info": {"version": "3.11.7"}}})
    assert [cell["metadata"] for cell in page["cells"]] == [{"tags": ["kept"]}]
    assert page["metadata"]["language_info"] == {"name": "python"}


def test_widget_leaves_its_words():
    """A widget's model is gone with its kernel; its text stays, and a view without text is no output."""
    assert output_of(shown(text="Board()", widget="7")) == [shown(text="Board()")]
    assert output_of(shown(widget="7")) == []


def test_traceback_is_one_line():
    """An error keeps its name and its words, without paths and colours."""
    assert output_of(raised("ValueError", "no"))[0]["traceback"] == ["ValueError: no"]


def test_ports_are_placeholders():
    """A port that was asked for says nothing, wherever it appears."""
    outputs = output_of(said("at http://127.0.0.1:41234/items\n"), shown(text="127.0.0.1:5"))
    assert outputs == [said("at http://127.0.0.1:PORT/items\n"), shown(text="127.0.0.1:PORT")]


def test_nbval_replaces_the_same():
    """nbval reads the same rules from the same file, and a placeholder is not replaced again."""
    assert get_sanitize_patterns(SANITIZE.read_text()) == list(rules())
