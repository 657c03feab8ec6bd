"""The start page is made from the course's own files: every lab, exercise, term and verb is on it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import datetime, timedelta
from html import escape, unescape
from pathlib import Path

import pytest
from the_course import ROOT

from capsize.course import Course
from capsize.course.exercises import read_prerequisites
from capsize.start_page import PAGES, page_of
from capsize.start_page.glossary import glossary
from capsize.start_page.verbs import verbs
from capsize.ui import NotebookLab

COURSE = Course(ROOT)
ROOMS = ("labs/{}.ipynb", "starter/{}", "labs/remember/{}.toml")


def words_of(page: str) -> str:
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))


@pytest.fixture
def small(tmp_path) -> Course:
    """A course with lab 01 alone."""
    add(tmp_path, "01_monolith", "01_monolith")
    return Course(tmp_path)


def add(root: Path, slug: str, new: str) -> None:
    """Put a lab's rooms into a course, under a new name."""
    for room in ROOMS:
        source, target = ROOT / room.format(slug), root / room.format(new)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)


def test_every_lab_is_on_the_page_in_order():
    """Each lab has its question, its minutes, and a link to the learner's own notebook."""
    page = page_of(COURSE, "")
    links = re.findall(r'<h2><a href="/lab/tree/work/(\w+)\.ipynb"', page)
    assert links == list(COURSE.slugs)
    assert [lab.slug for lab in COURSE.labs() if escape(lab.question) not in page] == []
    assert [lab.slug for lab in COURSE.labs() if f"{lab.minutes} min" not in page] == []


def test_new_lab_appears_by_itself(small):
    """A lab is on the page as soon as it has a notebook and exercises; nothing lists it."""
    add(small.root, "01_monolith", "07_raft")
    shutil.copy(ROOT / "starter/01_monolith/exercises.toml", small.root / "starter/07_raft/exercises.toml")
    file = small.root / "starter/07_raft/exercises.toml"
    file.write_text(re.sub(r'id = "1\.', 'id = "7.', file.read_text()))
    assert "/lab/tree/work/07_raft.ipynb" in page_of(small, "")


def test_page_says_how_far_you_are_and_what_is_due(small):
    """A pass of yesterday counts, is due again today, and the lab goes on."""
    yesterday = datetime.now() - timedelta(days=1)
    (small.root / "work").mkdir()
    (small.root / "work/progress.json").write_text(f'{{"passed": {{"1.1": "{yesterday.isoformat()}"}}}}')
    words = words_of(page_of(small, ""))
    assert "1 of 3 passed" in words
    assert "due: 1.1" in words
    assert "Go on with lab 01" in words


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole(name):
    """Each page has one heading of the first level, a title, a language and the way to the other pages."""
    page = page_of(COURSE, name)
    assert page.count("<h1>") == 1
    assert '<html lang="en">' in page
    assert [other for other in PAGES if f'href="/course/{other}"' not in page] == []


def test_term_is_explained_once():
    """A term is marked where it is explained first, and nowhere else."""
    marked = Counter(term.name.lower() for lab in COURSE.labs() for term in glossary([lab.rooms]))
    assert [name for name, count in marked.items() if count > 1] == []


def test_glossary_says_each_term_in_its_own_explanation():
    """The words of a term contain it, begin a sentence, and are no fragment."""
    terms = glossary([lab.rooms for lab in COURSE.labs()])
    assert len(terms) > 50
    assert [
        term for term in terms if term.name not in term.words or len(term.words) < 30 or "_" in term.words[:1]
    ] == []


def test_verbs_are_all_that_a_lab_can_do():
    """Whatever a learner can call on a lab is listed with what it does."""
    listed = " ".join(verb.call for verb in verbs()[0][2])
    public = [name for name, member in vars(NotebookLab).items() if callable(member) and name[:1] != "_"]
    assert [name for name in public if f"yours.{name}(" not in listed] == []


def test_sheet_has_every_line_of_every_exercise():
    """The sheet to print has each exercise with all lines that have to be true."""
    sheet = page_of(COURSE, "sheet")
    lines = [line for lab in COURSE.labs() for exercise in lab.exercises for line in exercise.accept]
    assert [line for line in lines if escape(line) not in sheet] == []


def test_instructors_table_has_the_prerequisites_of_the_labs():
    """What a lab is easier after is in its exercises.toml, and the table for instructors says the same."""
    table = (ROOT / "docs/instructors.md").read_text()
    for lab in COURSE.labs():
        row = re.search(rf"^\| {lab.slug[:2]} \| ([^|]+) \|", table, re.MULTILINE)
        if row:
            assert sorted(re.findall(r"\d\d", row[1])) == sorted(read_prerequisites(lab.rooms.exercises_file))


def test_prerequisites_are_labs_that_come_before():
    """A lab is easier after earlier labs alone."""
    wrong = [
        (lab.slug, number)
        for lab in COURSE.labs()
        for number in read_prerequisites(lab.rooms.exercises_file)
        if COURSE.slug(number) >= lab.slug
    ]
    assert wrong == []
