"""Notebooks in real kernels: executed against the solutions, written once, and run again by nbval."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import anyio
import nbformat
import psutil
import pytest

from capsize.course.lab_paths import Rooms
from capsize.errors import CapsizeError
from capsize.notebooks.commands import check, update
from capsize.notebooks.replay import replay
from capsize.notebooks.update import update as bring_up_to_date
from capsize.waiting import came_true

ROOT = Path(__file__).parents[2]
CODE = """import os; print(os.environ["CAPSIZE_CODE"], os.path.basename(os.getcwd()))"""
PLOT = """%matplotlib inline
import matplotlib.pyplot as plt, random
plt.plot([random.random() for _ in range(9)])
plt.show()"""
FIGURES = "import time; time.monotonic()"
WIDGET = "import ipywidgets; ipywidgets.IntSlider()"
AWAITED = "import asyncio; await asyncio.sleep(0.01); print('http://127.0.0.1:4711')"


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Write a notebook into a course of its own; nbval finds its settings there as it does in this one."""
    for room in ("labs", "starter"):
        (tmp_path / room).mkdir()
    shutil.copy(ROOT / "labs" / "pytest.ini", tmp_path / "labs")
    shutil.copy(ROOT / "labs" / "conftest.py", tmp_path / "labs")
    monkeypatch.setenv("CAPSIZE_HOME", str(tmp_path))
    rooms = Rooms(tmp_path, "01_boat")

    def write(*sources: str, tags: dict[int, list[str]] | None = None) -> Rooms:
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        for number, words in (tags or {}).items():
            cells[number]["metadata"]["tags"] = words
        nbformat.write(nbformat.v4.new_notebook(cells=cells), rooms.notebook)
        return rooms

    return write


def outputs(rooms: Rooms) -> list:
    return [cell["outputs"] for cell in nbformat.read(rooms.notebook, as_version=4)["cells"]]


def test_second_update_changes_no_byte(lab):
    """Pictures, figures, widgets and ports and all: what was written once is written again."""
    rooms = lab(CODE, PLOT, FIGURES, WIDGET, AWAITED, tags={2: ["nbval-ignore-output"]})
    assert [bring_up_to_date(rooms), bring_up_to_date(rooms)] == [True, False]


def test_labs_are_executed_against_the_solutions_where_they_lie(lab):
    """A notebook runs in labs/, on the solutions, whatever the author's own code is."""
    rooms = lab(CODE)
    bring_up_to_date(rooms)
    assert outputs(rooms)[0][0]["text"] == "solutions labs\n"


@pytest.mark.parametrize("fault", ["1 / 0", "import os; os._exit(3)"])
def test_cell_that_fails_leaves_the_file(lab, fault):
    """A notebook is written when all of it has run; else the error names the cell."""
    rooms = lab("1", fault)
    before = rooms.notebook.read_bytes()
    with pytest.raises(CapsizeError, match="cell 2 failed"):
        bring_up_to_date(rooms)
    assert rooms.notebook.read_bytes() == before


def test_nbval_finds_what_was_written(lab):
    """Two runs by nbval see what the update wrote, stderr and pictures aside."""
    rooms = lab(CODE, PLOT, FIGURES, WIDGET, AWAITED, tags={2: ["nbval-ignore-output"]})
    bring_up_to_date(rooms)
    assert [run.report for run in (replay(rooms), replay(rooms)) if not run.passed] == []


def test_nbval_refuses_another_claim(lab):
    """A claim that does not hold any more is told with both versions of it."""
    rooms = lab("print('no request failed')")
    bring_up_to_date(rooms)
    rooms.notebook.write_text(rooms.notebook.read_text().replace("no request failed\\n", "one request failed\\n", 1))
    run = replay(rooms)
    assert (run.passed, "cell 1 (start)" in run.report, "mismatch 'stdout'" in run.report) == (False, True, True)


@pytest.mark.parametrize("fault", ["os._exit(3)", "time.sleep(600)", "while True: time.sleep(0.1)"])
def test_nbval_refuses_what_does_not_end(lab, fault):
    """A dead kernel and an endless cell are failures, told soon."""
    rooms = lab("import os, time", "1")
    bring_up_to_date(rooms)
    rooms.notebook.write_text(rooms.notebook.read_text().replace('"1"', f'"{fault}"'))
    began = time.monotonic()
    run = replay(rooms, cell_seconds=1)
    assert (run.passed, "Timeout of 1 seconds exceeded" in run.report) == (False, True)
    assert time.monotonic() - began < 60


ENDLESS = "import os, time; print(os.getpid(), os.getppid(), file=open('pids', 'w'), flush=True); time.sleep(600)"
REPLAY = (
    "import pathlib, sys; from capsize.notebooks.replay import replay; from capsize.course.lab_paths import Rooms; "
)


def test_a_run_ends_with_whoever_began_it(lab):
    """Who replays a notebook is killed: nbval and its kernel end by themselves."""
    rooms = lab(ENDLESS)
    code = REPLAY + "replay(Rooms(pathlib.Path(sys.argv[1]), '01_boat'))"
    owner = subprocess.Popen([sys.executable, "-c", code, str(rooms.root)])
    said = rooms.notebook.parent / "pids"
    assert anyio.run(came_true, lambda: said.exists() and said.read_text().endswith("\n"), 60)
    run = [psutil.Process(int(pid)) for pid in said.read_text().split()]
    owner.kill()
    owner.wait()
    assert anyio.run(came_true, lambda: not any(one.is_running() for one in run), 20)


def test_notebook_without_code_is_not_a_pass(lab):
    """Nothing to run is nothing proved."""
    assert not replay(lab()).passed


def test_check_counts_what_is_to_mend(lab, capsys):
    """The command's exit code is 1 while anything is to fix, and it says what."""
    lab("1")
    assert (update(), check(runs=1, same=True)) == (1, 1)
    assert "1 cells, where a lab has 30 to 50" in capsys.readouterr().out


def test_check_of_no_notebook_is_not_a_pass(lab):
    """A course without notebooks cannot be good."""
    assert (os.environ["CAPSIZE_HOME"] != "", check()) == (True, 1)
