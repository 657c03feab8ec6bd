"""What stands beside the board in a notebook: the live view of a load, and the sheets of verdicts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from stage import serving

ROWS = [[number / 4, 40 + number % 3, number % 2, 4.0, 20.0 + number] for number in range(1, 13)]
TOTAL = {"what": "load by 5 users", "seconds": 10, "sent": 120, "failed": 3, "over": False}


@pytest.fixture
def show(stage_page):
    """Show a widget with these traits on a page of its own."""
    stage_page.page.emulate_media(color_scheme="dark")

    def show_it(entry, **traits):
        with serving(entry) as url:
            stage_page.page.goto(url)
            stage_page.page.wait_for_function("window.stage")
            stage_page.page.evaluate("traits => { stage.show(traits); stage.mount(); }", traits)
        return stage_page.page

    yield show_it
    assert (stage_page.errors, stage_page.strangers) == ([], [])


def test_load_is_drawn_as_it_comes(show):
    """Each chart has its two lines, and the words say what a line cannot."""
    page = show("live", rows=ROWS, total=TOTAL)
    expect(page.locator(".words")).to_have_text("load by 5 users: 3 s, 120 requests, 3 failed")
    assert (
        page.eval_on_selector_all(".line", "all => all.map((line) => line.getAttribute('d').split('L').length)")
        == [12] * 4
    )


def test_chart_speaks(show):
    """A chart's last figures are there for a screen reader."""
    page = show("live", rows=ROWS, total=TOTAL)
    assert page.locator("svg[role=img]").last.get_attribute("aria-label") == "p50 4 milliseconds, p99 32 milliseconds"


def test_load_that_is_over_folds(show):
    """When the load is over one line stays: the report below has the rest."""
    page = show("live", rows=ROWS, total={**TOTAL, "over": True})
    expect(page.locator(".charts")).to_be_hidden()
    expect(page.locator(".words")).to_have_text("load by 5 users: 120 requests in 3 s, 3 failed")


def test_load_with_failures_has_words_and_no_tick(show):
    """Nobody sees a tick beside failures, or beside a load that was ended early; where all went well there is one."""
    page = show("live", rows=ROWS, total={**TOTAL, "over": True})
    expect(page.locator(".head .sign")).to_be_hidden()
    page = show("live", rows=ROWS, total={**TOTAL, "failed": 0, "over": True, "interrupted": True})
    expect(page.locator(".head .sign")).to_be_hidden()
    expect(page.locator(".words")).to_have_text("load by 5 users: 120 requests in 3 s, none failed, interrupted")
    page = show("live", rows=ROWS, total={**TOTAL, "failed": 0, "over": True})
    expect(page.locator(".head .sign")).to_have_attribute("data-sign", "check")


def test_load_that_nobody_answered_says_so(show):
    """Where no answer came, it is not told that none failed."""
    page = show("live", rows=[[0.5, 0, 0, None, None]], total={**TOTAL, "failed": 0, "over": True})
    expect(page.locator(".words")).to_have_text("load by 5 users: 120 requests in 0.5 s, none answered")


def test_load_that_has_not_begun_is_drawn_empty(show):
    """Nothing is drawn before anything came, and nothing fails."""
    page = show("live", rows=[], total={"what": "load by 5 users", "seconds": None, "sent": 0, "failed": 0})
    expect(page.locator(".words")).to_have_text("load by 5 users: 0 s, 0 requests, none failed")


def test_sheet_can_be_read(show):
    """A sheet's words stand out from their ground."""
    page = show(
        "sheet", html='<section data-tone="wait"><h3>1.1 not yet</h3><dl><dt>got</dt><dd>63</dd></dl></section>'
    )
    assert page.evaluate("measures.faint()") == []
