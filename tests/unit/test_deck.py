"""A deck is read whole or refused at file:line; its figures come from reports alone."""

from __future__ import annotations

from array import array

import pytest

from capsize.errors import CapsizeError
from capsize.load.bucket import Bucket, Tally
from capsize.load.report import LoadReport
from capsize.slides import Deck, read
from capsize.slides.page import page

HEAD = "---\ntitle: How far?\nminutes: 3\n---\n"
ONE = "# One\n<!-- minutes: 1 -->\n\nSeen.\n\nNote:\nSaid.\n"
TWO = "## Two\n<!-- minutes: 2 -->\n\nSeen too.\n\nNote:\nSaid too.\n"


def saved_report() -> LoadReport:
    """Make a report of five requests."""
    tally = Tally(array("I", [3_456, 3_456, 1_234_567]), array("I", [100, 100]), {"503": 2})
    bucket = Bucket(0.0, 1.0, offered=5, sent=5, in_flight=1.0, cpu=0.1, requests={"/orders/[id]": tally})
    return LoadReport(1200, 1.0, None, 0.0, "x.py", "http://x", "now", 1.0, False, (bucket,), ((0.5, "shop-1 killed"),))


@pytest.fixture
def deck(tmp_path):
    """Write a deck, and beside it the report called before; read the deck."""
    saved_report().save(tmp_path / "before.json")

    def write_and_read(text: str) -> Deck:
        file = tmp_path / "01_trial.md"
        file.write_text(text)
        return read(file, tmp_path)

    return write_and_read


def test_deck_holds_each_slide_with_its_notes_and_minutes(deck):
    """A slide's title, words, notes and minutes come out apart."""
    first, second = deck(HEAD + ONE + "\n---\n\n" + TWO).slides
    assert (first.title, first.text, first.notes, first.minutes) == ("One", "# One\n\n\nSeen.", "Said.", 1)
    assert (second.title, second.notes, second.minutes) == ("Two", "Said too.", 2)


def test_deck_keeps_a_line_of_dashes_inside_code(deck):
    """Three dashes in a code fence are YAML, not the next slide."""
    yaml = ONE.replace("Seen.", "```yaml\na: 1\n---\nb: 2\n```")
    assert len(deck(HEAD + yaml + "\n---\n" + TWO).slides) == 2


@pytest.mark.parametrize(
    ("without", "lacks"),
    [
        ("## Two\n", "a heading"),
        ("<!-- minutes: 2 -->\n", "its minutes"),
        ("Note:\n", "speaker notes"),
        ("Said too.\n", "speaker notes"),
    ],
)
def test_slide_that_lacks_a_part_is_refused_by_line(deck, without, lacks):
    """The error names what the slide lacks and the line where the slide starts."""
    with pytest.raises(CapsizeError, match=rf"01_trial\.md:14: this slide lacks {lacks}"):
        deck(HEAD + ONE + "\n---\n" + TWO.replace(without, "" if without != "## Two\n" else "Two\n"))


def test_deck_whose_minutes_do_not_add_up_is_refused(deck):
    """The front matter's minutes are the sum of the slides', or the deck is not shown."""
    with pytest.raises(CapsizeError, match="do not add up") as refused:
        deck(HEAD + ONE)
    assert refused.value.got == "1, the sum over 1 slides"


@pytest.mark.parametrize("text", [ONE, "---\ntitle: x\n---\n" + ONE, "---\n- x\n---\n" + ONE])
def test_deck_without_title_and_minutes_is_refused(deck, text):
    """A deck says what it is called and how long it takes."""
    with pytest.raises(CapsizeError, match=r"01_trial\.md:1: a deck starts with"):
        deck(text)


def test_deck_that_is_not_there_is_refused(tmp_path):
    """A slug without a deck is an error of ours in words, not a traceback."""
    with pytest.raises(CapsizeError, match="there is no deck here"):
        read(tmp_path / "02_none.md", tmp_path)


@pytest.mark.parametrize(
    ("placeholder", "shown"),
    [
        ("{{report:before.p99_ms}}", "1,235"),
        ("{{ report:before.p50_ms }}", "3.46"),
        ("{{report:before.p50_ms:.1f}}", "3.5"),
        ("{{report:before.users}}", "1,200"),
        ("{{report:before.reasons.503}}", "2"),
        ("{{report:before.by_name./orders/[id].succeeded}}", "3"),
        ("{{report:before.marks.0.1}}", "shop-1 killed"),
    ],
)
def test_figure_is_read_from_the_report(deck, placeholder, shown):
    """A placeholder walks the report's sums and shows what is there, rounded for a slide."""
    slides = deck(HEAD + ONE.replace("Seen.", f"[{placeholder}]") + "\n---\n" + TWO).slides
    assert f"[{shown}]" in slides[0].text


@pytest.mark.parametrize(
    ("placeholder", "expected"),
    [
        ("{{report:after.p99_ms}}", "after.json"),
        ("{{report:before.p98_ms}}", "p99_ms"),
        ("{{report:before.users.more}}", "one of: 1200"),
        ("{{report:before.rate}}", "a number or a word"),
        ("{{report:before.p99_ms:d}}", "a number or a word"),
        ("{{before}}", "report:NAME.PATH"),
    ],
)
def test_figure_that_was_never_measured_is_refused_by_line(deck, placeholder, expected):
    """A figure without a report is an error at its own line, and the error names what is there instead."""
    with pytest.raises(CapsizeError, match=r"01_trial\.md:8: the figure") as refused:
        deck(HEAD + ONE.replace("Seen.", placeholder) + "\n---\n" + TWO)
    assert expected in str(refused.value.expected)


def test_page_carries_words_notes_and_pace_and_escapes_them(deck):
    """The page has one section a slide, its seconds as the pace, and no word that could close its own element."""
    text = ONE.replace("Seen.", "`</textarea><script>`")
    html = page(deck(HEAD + text + "\n---\n" + TWO))
    assert html.count("<section data-markdown") == 2
    assert 'data-timing="120"' in html
    assert "</textarea><script>" not in html


EXERCISE = """[[exercise]]
id = "1.1"
title = "Sell <it> once"
file = "shop.py"
minutes = 15
accept = ["one", "two"]
hints = ["a", "b", "c"]
"""


@pytest.fixture
def course_deck(tmp_path):
    """Write a deck of a lab with one exercise, and read it."""
    for folder in ("slides", "starter/01_trial"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "starter/01_trial/exercises.toml").write_text(EXERCISE)

    def write_and_read(text: str) -> Deck:
        file = tmp_path / "slides" / "01_trial.md"
        file.write_text(text)
        return read(file, tmp_path)

    return write_and_read


def test_exercise_has_a_slide_of_its_own(course_deck):
    """The mark of an exercise becomes a slide with its title, file and minutes, which the deck counts apart."""
    both = course_deck(HEAD + ONE + "\n---\n\n<!-- exercise: 1.1 -->\n\n---\n" + TWO)
    turn = both.slides[1]
    assert (both.minutes, both.exercise_minutes, turn.exercise.id) == (3, 15, "1.1")
    assert "Sell &lt;it&gt; once" in turn.text
    assert "`work/01_trial/shop.py`" in turn.text


def test_exercise_that_is_not_the_labs_is_refused(course_deck):
    """A mark with a wrong id is refused at its line, and the lab's ids are told."""
    with pytest.raises(CapsizeError, match=r"no exercise 1\.7") as refused:
        course_deck(HEAD + ONE + "\n---\n\n<!-- exercise: 1.7 -->\n\n---\n" + TWO)
    assert ":15" in str(refused.value)
    assert "1.1" in str(refused.value)


def test_slide_says_whether_the_room_sees_figures(deck):
    """A figure on the slide counts, one in its notes does not."""
    shown = HEAD + ONE.replace("Seen.", "{{report:before.goodput}}") + "\n---\n" + TWO
    noted = HEAD + ONE.replace("Said.", "{{report:before.goodput}}") + "\n---\n" + TWO
    assert [deck(text).slides[0].shows_figures for text in (shown, noted)] == [True, False]
