"""What a screen reader, a keyboard and weak eyes meet: axe-core finds nothing on any page, in light and in dark."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import violations
from playwright.sync_api import Page, expect

import capsize
from capsize.board_page.server import BoardServer
from capsize.course import Course
from capsize.slides import read
from capsize.slides.server import address, deck_server
from capsize.start_page import PAGES, page_of

ROOT = Path(__file__).parents[2]
SCHEMES = ("light", "dark")
PRESENT = "(at) => [...document.querySelectorAll('.slides > section')].at(at).matches('.present')"
DECKS = sorted((ROOT / "slides").glob("*.md"))
FOCUSED = """() => {
  const at = document.activeElement, shown = at.getBoundingClientRect(), style = getComputedStyle(at);
  return { name: at.getAttribute('aria-label') ?? at.textContent.trim(), seen: shown.width > 0 && shown.height > 0,
           ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
}"""


@pytest.fixture(params=SCHEMES)
def themed(request, watched) -> Page:
    """A page of a browser that prefers a light or a dark theme."""
    watched.page.emulate_media(color_scheme=request.param, reduced_motion="reduce")
    return watched.page


@pytest.mark.parametrize("name", PAGES)
def test_start_page_has_no_violation(themed, name):
    """Contrast, names, landmarks and headings of the course's pages are as WCAG asks."""
    themed.set_content(page_of(Course(ROOT), name))
    assert violations(themed) == []


@pytest.fixture
def board(small, themed) -> Iterator[Page]:
    """The board's own page over a stack that is up, with one instance that was stopped."""
    with BoardServer() as server, capsize.lab(1, code="solutions") as stack:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        themed.goto(server.url)
        expect(themed.locator('[data-instance="boat-1"]')).to_contain_text("ready", timeout=30_000)
        stack.instance("boat-1").stop()
        expect(themed.locator('[data-instance="boat-1"]')).to_contain_text("stopped", timeout=30_000)
        yield themed
        server.shutdown()


def test_board_has_no_violation(board):
    """The board, its menu, its log and its large size have no violation."""
    assert violations(board) == []
    board.locator('[data-instance="boat-1"]').click()
    assert violations(board) == []
    board.locator('.menu [data-do="log"]').click()
    expect(board.locator(".log")).to_be_visible()
    board.locator(".toggle.present").click()
    assert violations(board) == []


def test_board_can_be_walked_by_keyboard(board):
    """Tab reaches the switches, every arrow and every instance, each has a name, and where you are is seen."""
    stops = []
    for _ in range(board.locator("button:visible").count()):
        board.keyboard.press("Tab")
        stops.append(board.evaluate(FOCUSED))
    assert [stop for stop in stops if not (stop["name"] and stop["seen"] and stop["ring"])] == []
    names = " ".join(stop["name"] for stop in stops)
    assert [word for word in ("Fold", "Present", "boat-1: stopped", "log of boat-1") if word not in names] == []


@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.stem)
def test_deck_has_no_violation(watched, deck):
    """Each slide of a deck, shown, has no violation, and neither has the whole: slides are light on every machine."""
    page, reports = watched.page, ROOT / "labs" / "reports" / deck.stem
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    with deck_server(deck, reports) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        page.goto(address(server))
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        found = {}
        for number in range(len(read(deck, reports).slides)):
            page.evaluate("(at) => { location.hash = `#/${at}` }", number)
            page.wait_for_function(PRESENT, arg=number)
            found[number + 1] = violations(page)
        server.shutdown()
    assert {number: told for number, told in found.items() if told} == {}


def test_deck_is_shown_by_keyboard_alone(watched):
    """The arrow keys go on and back; each slide of a deck is reached."""
    page, reports = watched.page, ROOT / "labs" / "reports" / DECKS[0].stem
    with deck_server(DECKS[0], reports) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        page.goto(address(server))
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        for key, number in [
            *(("ArrowRight", at) for at in range(1, len(read(DECKS[0], reports).slides))),
            ("ArrowLeft", -2),
        ]:
            page.keyboard.press(key)
            page.wait_for_function(PRESENT, arg=number)
        server.shutdown()
