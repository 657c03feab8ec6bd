"""Every deck, opened in Chromium as an instructor would: nothing missing, nothing fetched, nothing cut off."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pages import Watched, violations
from playwright.sync_api import Page

from capsize.slides import Deck, read
from capsize.slides.server import address, deck_server

ROOT = Path(__file__).parents[2]
DECKS = sorted((ROOT / "slides").glob("*.md"))

OUTSIDE = """() => {
  const slide = document.querySelector('section.present');
  const seen = [...slide.querySelectorAll(':not(aside.notes):not(aside.notes *)')];
  const over = (box) => box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1;
  const cut = (node) => getComputedStyle(node).display === 'block' && node.scrollWidth > node.clientWidth + 1;
  const bad = (node) => over(node.getBoundingClientRect()) || cut(node);
  return seen.filter(bad).map((node) => node.outerHTML.slice(0, 90));
}"""
SMALL = """() => {
  const words = document.createTreeWalker(document.querySelector('.slides'), NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
    if (node.data.trim() && !node.parentElement.closest('aside.notes') && size < 22) found.push(node.data.trim());
  }
  return found;
}"""
IS_SHOWN = "(at) => document.querySelectorAll('.slides > section')[at].classList.contains('present')"
HAS_IMAGES = "() => [...document.images].every((image) => image.complete && image.naturalWidth)"
NOTES = "slides => slides.map((slide) => slide.querySelectorAll('aside.notes').length)"


@dataclass
class Shown:
    """A deck on a page of its own, and the answers that did not come."""

    deck: Deck
    url: str
    watched: Watched
    missing: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.watched.page

    def open(self, query: str = "") -> None:
        self.page.on("requestfailed", lambda request: self.missing.append(request.url))
        self.page.goto(self.url + query)
        self.page.wait_for_selector("html[data-ready=yes]", state="attached")

    def each(self) -> Iterator[int]:
        """Show one slide after the other; the first is 1."""
        for at in range(len(self.deck.slides)):
            self.page.evaluate("(at) => { location.hash = `#/${at}` }", at)
            self.page.wait_for_function(IS_SHOWN, arg=at)
            yield at + 1


@pytest.fixture(params=DECKS, ids=lambda file: file.stem)
def shown(request, watched) -> Iterator[Shown]:
    """Serve a deck and have a page of 1280 x 720 for it."""
    file, reports = request.param, ROOT / "labs" / "reports" / request.param.stem
    watched.page.set_viewport_size({"width": 1280, "height": 720})
    with deck_server(file, reports) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Shown(read(file, reports), address(server), watched)
        server.shutdown()


def test_course_has_a_deck():
    """The tests below have something to show."""
    assert DECKS


def test_deck_is_one_lesson(shown):
    """A deck has 10 to 20 slides and takes 40 to 60 minutes, demos and all; the exercises come on top."""
    assert 10 <= len([slide for slide in shown.deck.slides if not slide.exercise]) <= 20
    assert 40 <= shown.deck.minutes <= 60


def test_deck_shows_every_slide_and_its_notes(shown):
    """Each slide of the file is a slide on the screen, with speaker notes behind it."""
    shown.open()
    assert shown.page.eval_on_selector_all(".slides > section", NOTES) == [1] * len(shown.deck.slides)


def test_deck_asks_nobody_else_and_reports_no_error(shown):
    """With the network unplugged every slide shows with its drawings, and the console stays silent."""
    shown.open()
    for _ in shown.each():
        shown.page.wait_for_function(HAS_IMAGES)
    assert (shown.missing, shown.watched.strangers, shown.watched.errors) == ([], [], [])


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_no_slide_overflows(shown, width, height):
    """Nothing on any slide is cut off by the screen or by its own box."""
    shown.page.set_viewport_size({"width": width, "height": height})
    shown.open()
    outside = {number: shown.page.evaluate(OUTSIDE) for number in shown.each()}
    assert {number: nodes for number, nodes in outside.items() if nodes} == {}


def test_every_word_can_be_read_from_the_back(shown):
    """No words on a slide are smaller than 22 of its 720 pixels."""
    shown.open()
    assert shown.page.evaluate(SMALL) == []


def test_pdf_has_as_many_pages_as_slides(shown):
    """Printing ?print-pdf gives one page a slide."""
    shown.open("?print-pdf")
    shown.page.wait_for_selector(".pdf-page")
    pdf = shown.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(shown.deck.slides)


def test_speaker_view_shows_the_notes_of_the_slide(shown):
    """Pressing S opens a window with the notes of the slide on the screen, and no error on either."""
    shown.open()
    with shown.page.context.expect_page() as opened:
        shown.page.keyboard.press("s")
    opened.value.wait_for_selector(".speaker-controls-notes:not(.hidden)")
    said = opened.value.inner_text(".speaker-controls-notes .value")
    assert said.split()[:3] == shown.deck.slides[0].notes.split()[:3]
    assert shown.watched.errors == []


def test_deck_has_no_violation(shown):
    """Each slide of a deck, shown, has no violation, and neither has the whole: slides are light on every machine."""
    shown.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    shown.open()
    found = {number: violations(shown.page) for number in shown.each()}
    assert {number: told for number, told in found.items() if told} == {}


@pytest.mark.parametrize("shown", DECKS[:1], indirect=True, ids=lambda file: file.stem)
def test_deck_is_shown_by_keyboard_alone(shown):
    """The arrow keys go on and back; each slide of a deck is reached."""
    shown.open()
    last = len(shown.deck.slides) - 1
    for key, at in [*(("ArrowRight", at) for at in range(1, last + 1)), ("ArrowLeft", last - 1)]:
        shown.page.keyboard.press(key)
        shown.page.wait_for_function(IS_SHOWN, arg=at)
