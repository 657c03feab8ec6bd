"""Ctrl-C in a notebook's cell, on a real kernel."""

from __future__ import annotations

import json
import time

SOON = 3.0  # seconds that an interrupt may take
WARM = 2  # processes that wait for a first stack: the nursery, and its second interpreter
NEVER_READY = 'import time\nfrom pathlib import Path\n\nPath("begun").touch()\ntime.sleep(600)\n'


def awaited(condition, seconds=20.0):
    """Wait for a condition; say whether it came."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_cell_that_awaits_is_interrupted_at_once(kernel, small):
    """An interrupt does not wait until the loop happens to wake."""
    kernel.begin('import pathlib; pathlib.Path("begun").touch(); await asyncio.sleep(60)')
    assert awaited((small.root / "begun").exists)
    kernel.interrupt()
    assert kernel.end(SOON) == "CancelledError"


def test_interrupted_start_unwinds(kernel, small):
    """Ctrl-C while a stack starts leaves no process behind, and the cell ends."""
    small.write("starter/01_boat/boat.py", NEVER_READY.replace('"begun"', repr(str(small.root / "begun"))))
    kernel.begin('boat = lab("01_boat", code="starter"); await boat.up()')
    assert awaited((small.root / "begun").exists)
    kernel.interrupt()
    assert kernel.end(SOON) == "CancelledError"
    assert kernel.process.children(recursive=True) == []


def test_interrupted_check_unwinds(kernel, small):
    """Ctrl-C while a check runs ends it, and leaves what was there before: the nursery that waits for a first stack."""
    mark = small.root / "begun"
    small.checks(
        f'@exercise("1.1")\ndef test_it(judge):\n    import pathlib, time\n'
        f"    pathlib.Path({str(mark)!r}).touch()\n    time.sleep(60)\n"
    )
    assert kernel.run('boat = lab("01_boat", code="starter")') == ""
    assert awaited(lambda: len(kernel.process.children(recursive=True)) == WARM)
    before = kernel.process.children(recursive=True)
    kernel.begin('await boat.check("1.1")')
    assert awaited(mark.exists)
    kernel.interrupt()
    assert kernel.end(SOON) == "CancelledError"
    assert kernel.process.children(recursive=True) == before


def test_watch_shows_a_verdict_for_each_save_until_it_is_interrupted(kernel, small):
    """What is saved while the cell runs is judged below it; an interrupt ends the cell without an error."""
    kernel.begin('await lab("01_boat").watch("1.2")')
    assert kernel.shown() == "1.2 not yet: Name the boat"
    small.write("work/01_boat/name.py", 'NAME = "Otter"\n')
    assert kernel.shown() == "1.2 passed: Name the boat"
    kernel.interrupt()
    assert kernel.end(SOON) == ""


def test_lab_is_awaited_from_start_to_end(kernel):
    """Up, board, check, hint and down work in a kernel, cell by cell."""
    assert kernel.run('boat = lab("01_boat", code="solutions"); stack = await boat.up(); boat.board()') == ""
    assert kernel.run('verdict = await boat.check("1.1"); assert verdict.passed, verdict.text; verdict') == ""
    assert kernel.run('boat.hint("1.1"); await boat.down()') == ""
    assert kernel.process.children(recursive=True) == []


def test_cell_out_of_order_says_which_cell_is_missing(kernel, small):
    """A name that another cell of the notebook sets is no riddle; one that none sets has its traceback."""
    cells = [{"cell_type": "code", "source": ["verdict = await boat.check('1.1')"]}]
    file = small.write("labs/01_boat.ipynb", json.dumps({"cells": cells}))
    assert kernel.run(f"__vsc_ipynb_file__ = {str(file)!r}") == ""
    kernel.begin("verdict.passed")
    assert "verdict is not there yet: run the cells from the top" in kernel.told()
    kernel.begin("whale")
    assert "Traceback" in kernel.told()
