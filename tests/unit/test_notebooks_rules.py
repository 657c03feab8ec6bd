"""Every house rule lets the good notebook pass and refuses a bad one in words that name the cell and the repair."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from good_notebook import PNG, Cells, code, good, prose, raised, rooms_below, said, shown, write

from capsize.course.lab_paths import Rooms
from capsize.errors import CapsizeError
from capsize.notebooks.lint import lint
from capsize.notebooks.notebook import CHANGING

LONG = "\n".join(f"x{line} = {line}" for line in range(11))
TWO = "def one():\n    pass\n\ndef two():\n    pass"

# what is put in place of the good notebook's second cell -> what the lint says of it
IN_A_CELL = [
    (code("1", count=None), "has not been run"),
    (code("1", tags=("nbval-skip",)), "nbval-skip hides"),
    (code("1", said("Mind the gap\n", "stderr")), "stderr says 'Mind the gap'"),
    (code("1", raised("ValueError", "no")), "an error without a tag that announces it"),
    (code("1", tags=("raises-exception",)), "it raises nothing"),
    (prose("## Here we go!"), "an exclamation mark: '## Here we go!'"),
    (prose("Well done \N{PARTY POPPER}"), "an emoji"),
    (prose("See [it](../docs/none.md)."), "../docs/none.md leads nowhere"),
    (prose("See [above](#Nowhere)."), "#Nowhere leads nowhere"),
    (prose("# Another title?"), "2 headings of level 1"),
    (code(LONG), "11 lines of code, 10 at most"),
    (code(TWO), "one and two in one cell"),
    (code("rps", said("7"), tags=(CHANGING,)), "no claim beside them"),
    (code("1;"), "a semicolon hides a value"),
    (code("Out[1]"), "Out does not exist under nbval"),
    (code("from IPython.display import clear_output\nclear_output()"), "clear_output is not honoured"),
    (code("display(1, display_id='a')"), "a display is updated"),
    (code("import ipywidgets as widgets\nwidgets.Output()"), "an Output widget"),
    (code("w.HTML(f'{1}')"), "written into this HTML"),
    (code("import warnings\nwarnings.warn('x')"), "a warning prints"),
    (code("from tqdm.auto import tqdm"), "a progress bar"),
    (code("import locust.env"), "importing locust hangs"),
    (code("import altair"), "fetches its scripts"),
    (code("import subprocess\nsubprocess.run(['ls'])"), "writes past the notebook"),
    (code("%timeit 1"), "this magic shows something else"),
    (code("%config InlineBackend.figure_format = 'svg'"), "this magic shows something else"),
    (code("# NBVAL_SKIP\n1"), "the comment NBVAL_SKIP steers nbval"),
    (code("import asyncio\nasyncio.run(main())"), "asyncio.run fails"),
    (code("import time\ntime.sleep(1)"), "time.sleep stops the buttons"),
    (code("input()"), "input waits for somebody"),
    (code("1 +"), "this is not Python"),
]
FINE = [
    code("!ls"),
    code("%matplotlib inline\nfor x in y:\n    pass"),
    code("import subprocess\nsubprocess.run(['ls'], capture_output=True)"),
    code("await asyncio.sleep(1)\nx = 'a;'"),
    code("plot()", shown(text="Figure", png=PNG)),
    code("1 / 0", raised("ZeroDivisionError", "division by zero"), tags=("raises-exception",)),
    prose(
        "Type `!ls` or\n\n```\n# no title!\n```\n\nand see <!-- so! --> [this](01_boat.ipynb), [that](https://x.y/!)."
    ),
    prose("See [above](#Measure) and [your file](../work/01_boat/boat.py)."),
]


@pytest.fixture
def rooms(tmp_path) -> Rooms:
    starter = tmp_path / "starter" / "01_boat"
    starter.mkdir(parents=True)
    (starter / "boat.py").touch()
    return rooms_below(tmp_path)


def findings(rooms: Rooms, cells: Cells) -> list[str]:
    return [str(finding) for finding in lint(write(rooms, cells))]


def with_second(cell: dict) -> Cells:
    return [good()[0], cell, *good()[2:]]


def test_good_notebook_passes(rooms):
    """The rules have nothing to say about a notebook that keeps them."""
    assert findings(rooms, good()) == []


@pytest.mark.parametrize("cell", FINE, ids=lambda cell: cell["source"][:30])
def test_what_looks_alike_and_is_fine_passes(rooms, cell):
    """What only resembles a fault is none."""
    assert findings(rooms, with_second(cell)) == []


@pytest.mark.parametrize(("cell", "words"), IN_A_CELL, ids=[words[:30] for _, words in IN_A_CELL])
def test_bad_cell_is_refused_by_name(rooms, cell, words):
    """One bad cell gives one finding, which says what is wrong, and where."""
    (finding,) = [finding for finding in findings(rooms, with_second(cell)) if words in finding]
    assert finding.startswith("labs/01_boat.ipynb")
    assert finding.count(". ") >= 1


def replaced(number: int, cell: dict) -> Callable[[Cells], Cells]:
    return lambda cells: [*cells[: number - 1], cell, *cells[number:]]


OF_THE_WHOLE = [
    (lambda cells: cells[:-2], "28 cells, where a lab has 30 to 50"),
    (lambda cells: cells + cells[8:], "52 cells, where a lab has 30 to 50"),
    (lambda cells: cells[:9] + [code("1")] * 18 + cells[9:12], "of 30 cells are prose"),
    (lambda cells: cells[:9] + [code("1")] * 3 + cells[9:], "4 code cells in a row begin here, 3 at most"),
    (
        lambda cells: [code(LONG[:40]) if cell["cell_type"] == "code" else cell for cell in cells],
        "a typical code cell has",
    ),
    (replaced(1, prose("# It goes far")), "the title asks nothing"),
    (lambda cells: [cells[1], cells[0], *cells[2:]], "cell 2 (how-far-does-it-go): the title stands here"),
    (replaced(7, prose("## Exercise 1.1\n\nEdit `boat.py`.\n\n- one\n- two")), "names no file to edit"),
    (replaced(7, prose("## Exercise 1.1\n\nEdit `work/01_boat/boat.py`.\n\n- one")), "has 1 bullets, where 2 to 4"),
    (replaced(8, code('check("1.2")')), "exercise 1.1 has no check"),
    (replaced(8, code('check("1.1")')), "exercise 1.1 has not passed here: nothing"),
    (
        replaced(8, code('check("1.1")', shown(text="1.1 could not be judged: mend it\n  got  a busy machine"))),
        "exercise 1.1 has not passed here: 1.1 could not be judged: mend it",
    ),
]


@pytest.mark.parametrize(("change", "words"), OF_THE_WHOLE, ids=[words[:30] for _, words in OF_THE_WHOLE])
def test_bad_notebook_is_refused_by_name(rooms, change, words):
    """A notebook that is too long, out of order or incomplete is told so."""
    assert [finding for finding in findings(rooms, change(good())) if words in finding]


def test_other_form_is_refused_with_the_line(rooms):
    """A file that an editor saved is not what an update writes."""
    path = write(rooms, good()).notebook
    path.write_text(path.read_text().replace('"name": "python"\n', '"name": "python",\n   "version": "3.11.7"\n'))
    (finding,) = lint(rooms)
    assert str(finding).endswith("is not in the canonical form. Type: capsize notebooks update 01_boat.")


def test_picture_of_other_code_is_refused(rooms):
    """A picture stays only with the code that made it."""
    path = write(rooms, with_second(code("plot(1)", shown(text="Figure", png=PNG)))).notebook
    path.write_text(path.read_text().replace("plot(1)", "plot(2)"))
    assert "was not made by the code as it is now" in str(lint(rooms)[0])


def test_exercises_are_those_that_the_lab_lists(rooms):
    """exercises.toml and the notebook name the same exercises and files."""
    head = '[[exercise]]\nid = "1.1"\ntitle = "Mend"\nfile = "hull.py"\nminutes = 5\n'
    rooms.exercises_file.write_text(f'{head}accept = ["a", "b"]\nhints = ["a", "b", "c"]\n')
    assert [str(finding) for finding in lint(write(rooms, good()))] == [
        "labs/01_boat.ipynb, cell 7 (exercise-1-1-mend-it): exercise 1.1 does not name work/01_boat/hull.py. "
        "Name the file that exercises.toml names."
    ]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": [1]}'])
def test_what_is_no_notebook_is_refused(rooms, text):
    """A file that is not a notebook is an error of ours, with its path, never a traceback."""
    rooms.notebook.write_text(text)
    with pytest.raises(CapsizeError, match="this is not a notebook"):
        lint(rooms)
