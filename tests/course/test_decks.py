"""A deck and its lab say the same, in one order, and no slide gives away what the room predicts or works out later."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from capsize.course.exercises import read_exercises
from capsize.course.lab_paths import Rooms
from capsize.load.report import LoadReport
from capsize.slides import Deck, read
from capsize.ui.cell_order import AWAITS, names_set_by

ROOT = Path(__file__).parents[2]
SLUGS = sorted(file.stem for file in (ROOT / "slides").glob("*.md"))
SOLVED = re.compile(r"Exercise (\d+\.\d+), solved")
CODE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(params=SLUGS)
def rooms(request) -> Rooms:
    """Name the rooms of a lab that has a deck."""
    return Rooms(ROOT, request.param)


def deck(rooms: Rooms) -> Deck:
    return read(rooms.slides, rooms.root / "labs" / "reports" / rooms.slug)


def cells_of(notebook: Path) -> list[tuple[str, str]]:
    """List the code cells of a notebook as (heading above, source)."""
    heading, found = "", []
    for cell in json.loads(notebook.read_text())["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            found.append((heading, source))
        else:
            heading = ([heading] + [line.lstrip("# ") for line in source.splitlines() if line.startswith("#")])[-1]
    return found


def headings(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text())["cells"]
    return [line.lstrip("# ") for cell in cells for line in "".join(cell["source"]).splitlines() if line[:1] == "#"]


def test_deck_has_the_title_of_its_notebook(rooms):
    """Deck and notebook ask the same question."""
    assert deck(rooms).title in headings(rooms.notebook)


def test_demo_names_sections_of_the_notebook(rooms):
    """Every section that the notes tell the speaker to run is a heading of the lab's notebook."""
    named = [section for slide in deck(rooms).slides for section in slide.sections]
    assert named
    assert [section for section in named if section not in headings(rooms.notebook)] == []


def test_deck_follows_the_notebook(rooms):
    """The sections that a deck runs come in the notebook's order, each once."""
    places = {heading: place for place, heading in enumerate(headings(rooms.notebook))}
    named = [section for slide in deck(rooms).slides for section in slide.sections]
    assert named == sorted(set(named), key=lambda section: places[section])


def test_room_predicts_before_it_sees_figures(rooms):
    """Measured figures and drawings come on a later slide than the cells that ask for a prediction of them."""
    asking = {heading for heading, source in cells_of(rooms.notebook) if ".predict(" in source}
    early, has_asked = [], False
    for number, slide in enumerate(deck(rooms).slides, 1):
        asks = bool(asking & set(slide.sections))
        shows = slide.shows_figures or "](drawings/" in slide.text
        if (shows and asks) or (slide.shows_figures and not has_asked):
            early.append(f"{number}. {slide.title}")
        has_asked = asks if slide.sections else has_asked
    assert early == []


def test_room_does_every_exercise_once(rooms):
    """A deck has one slide for each exercise of the lab, in the notebook's order."""
    done = [slide.exercise.id for slide in deck(rooms).slides if slide.exercise]
    assert done == [exercise.id for exercise in read_exercises(rooms.exercises_file, rooms.slug) if not exercise.is_own]


def test_answer_comes_after_its_exercise(rooms):
    """What is marked as wrong and right comes after the exercise that its notes name as solved."""
    early, done = [], set()
    for number, slide in enumerate(deck(rooms).slides, 1):
        done |= {slide.exercise.id} if slide.exercise else set()
        solved = set(SOLVED.findall(slide.notes))
        if ('class="right"' in slide.text and not solved) or not solved <= done:
            early.append(f"{number}. {slide.title}")
    assert early == []


def test_no_slide_shows_a_line_of_a_solution_before_its_exercise(rooms):
    """Code on a slide has no line that only the solution has while the exercise is not done."""
    open_exercises = [each for each in read_exercises(rooms.exercises_file, rooms.slug) if not each.is_own]
    told = []
    for number, slide in enumerate(deck(rooms).slides, 1):
        open_exercises = [each for each in open_exercises if each != slide.exercise]
        shown = {line.strip() for block in CODE.findall(slide.text) for line in block.splitlines()}
        told += [(number, line) for each in open_exercises for line in sorted(shown & new_lines(rooms, each.file))]
    assert told == []


def new_lines(rooms: Rooms, file: str) -> set[str]:
    """List the lines of a solution's file that the starter's has not, of more than a bracket."""
    given, solved = (
        {line.strip() for line in (folder / file).read_text().splitlines()} if (folder / file).exists() else set()
        for folder in (rooms.starter, rooms.solutions)
    )
    return {line for line in solved - given if len(line) > 12}


def test_sketch_of_the_knee_bends_as_the_reports_do():
    """Where measured throughput falls past the knee, the sketch beside the table falls, too."""
    goodput = [
        LoadReport.load(ROOT / f"labs/reports/01_monolith/users_{users}.json").goodput for users in (1, 2, 4, 8, 16, 32)
    ]
    curve = re.search(r'id="throughput" d="([^"]+)"', (ROOT / "slides/drawings/01_monolith/knee.svg").read_text())
    heights = [-float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", curve[1])]
    assert (heights[-1] < max(heights) - 20) == (goodput[-1] < 0.9 * max(goodput))


def test_no_demo_needs_what_no_demo_did(rooms):
    """Each name that a demo's cells use is set by the cells of an earlier demo, or their own: a deck runs alone."""
    sections = [section for slide in deck(rooms).slides for section in slide.sections]
    cells = cells_of(rooms.notebook)
    known = {name for _, source in cells for name in names_set_by(source)}
    there, missing = set(), []
    for section in sections:
        for source in [source for heading, source in cells if heading == section]:
            here = set(names_set_by(source))
            missing += [(section, name) for name in sorted((names_used_by(source) & known) - here - there)]
            there |= here
    assert missing == []


def names_used_by(source: str) -> set[str]:
    tree = compile(source, "cell", "exec", AWAITS)
    loads = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return loads - {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
