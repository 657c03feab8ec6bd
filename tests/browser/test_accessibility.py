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
from capsize.start_page import PAGES, page_of

ROOT = Path(__file__).parents[2]
SCHEMES = ("light", "dark")
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
