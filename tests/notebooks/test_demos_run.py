"""What a speaker runs works: the demos of a deck, in the deck's order, in the folder that ``--demo`` makes.

They are most of a notebook once more. So ``make test`` runs those of one deck, drawn from CAPSIZE_SEED, ``make test
LAB=08`` those of that lab, and ``make test BANK=all`` and a weekly workflow those of each.
"""

from __future__ import annotations

import random

import pytest
from bank import DRAWN
from demo_cells import run_demos
from test_notebooks_shown import alone
from the_course import LABS, ROOT, names

from capsize.check.draw import seed_of
from capsize.course.lab_paths import Rooms


def pytest_generate_tests(metafunc):
    """Take one lab of all, or all."""
    chosen = metafunc.config.option
    labs = [random.Random(seed_of()).choice(LABS)] if chosen.bank == DRAWN and chosen.lab is None else LABS
    metafunc.parametrize("lab", [pytest.param(lab, marks=alone(lab)) for lab in labs], ids=names)


@pytest.fixture
def linked(tmp_path):
    """A course whose rooms are this one's, with a work folder of its own."""
    for room in ROOT.iterdir():
        if room.name != "work" and not room.name.startswith("."):
            (tmp_path / room.name).symlink_to(room, target_is_directory=room.is_dir())
    return tmp_path


def test_demos_run_in_the_order_of_the_deck(linked, lab):
    """Each cell that the notes name runs, and none fails."""
    cells = run_demos(Rooms(linked, lab.slug)).cells
    assert cells
    assert [cell.source for cell in cells if cell.execution_count is None] == []
