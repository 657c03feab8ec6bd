"""The board as it is worked: by mouse, by keyboard, and when nobody answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from scenes import instance, monolith


@pytest.mark.parametrize("verb", ["kill", "stop", "pause", "restart"])
def test_menu_of_an_instance_sends_the_act(stage, verb):
    """A click on an instance, then on an act, asks Python for exactly that."""
    stage.open(monolith())
    stage.instance("shop-1").click()
    stage.find(f'.menu [data-do="{verb}"]').click()
    assert stage.sent == [{"do": verb, "who": "shop-1"}]


def test_menu_offers_only_what_can_be_done(stage):
    """A paused instance can be resumed and not paused; the menu says so."""
    stage.open(monolith(shop=instance("shop-1", state="paused")))
    stage.instance("shop-1").click()
    expect(stage.find('.menu [data-do="resume"]')).to_be_enabled()
    expect(stage.find('.menu [data-do="pause"]')).to_be_disabled()


LINES = ["plain words", '{"level": "INFO", "message": "served", "path": "/items", "ms": 3}', "{broken"]


def test_log_of_an_instance_is_asked_for_filtered_and_closed(stage):
    """The menu asks for a log; JSON reads as words, a filter keeps what has it, and the cross asks for none."""
    stage.open(monolith())
    stage.instance("shop-1").click()
    stage.find('.menu [data-do="log"]').click()
    stage.show(monolith(), log={"who": "shop-1", "lines": LINES})
    expect(stage.find(".log h2")).to_have_text("Log of shop-1")
    expect(stage.find(".log pre")).to_have_text("plain words\nINFO  served  path=/items  ms=3\n{broken")
    stage.find(".log input").fill("SERVED")
    expect(stage.find(".log pre")).to_have_text("INFO  served  path=/items  ms=3")
    stage.find(".log .away").click()
    assert stage.sent == [{"do": "log", "who": "shop-1"}, {"do": "log", "who": ""}]
    stage.show(monolith(), log=None)
    expect(stage.find(".log")).to_be_hidden()


def test_menu_of_an_arrow_slows_it(stage):
    """Milliseconds and percent go along as typed."""
    stage.open(monolith())
    stage.edge("outside>shop").click()
    row = stage.find(".menu form").filter(has=stage.find('[data-do="delay"]'))
    row.locator('[name="ms"]').fill("250")
    row.locator('[name="percent"]').fill("40")
    row.locator('[name="percent"]').press("Enter")
    assert stage.sent == [{"do": "delay", "edge": "outside>shop", "ms": 250, "percent": 40}]


def test_menu_of_an_arrow_fails_it(stage):
    """A status that HTTP does not have as an error is not sent."""
    stage.open(monolith())
    stage.edge("outside>shop").click()
    stage.find('.menu [name="status"]').fill("200")
    stage.find('.menu [data-do="fail"]').click()
    assert stage.sent == []
    stage.find('.menu [name="status"]').fill("500")
    stage.find('.menu [data-do="fail"]').click()
    assert stage.sent == [{"do": "fail", "edge": "outside>shop", "status": 500, "percent": 100}]


def test_menu_of_an_arrow_loses_its_answers(stage):
    """Of how many requests the answer is lost is the one number that a loss needs."""
    stage.open(monolith())
    stage.edge("outside>shop").click()
    row = stage.find(".menu form").filter(has=stage.find('[data-do="lose"]'))
    row.locator('[name="percent"]').fill("30")
    row.locator('[data-do="lose"]').click()
    assert stage.sent == [{"do": "lose", "edge": "outside>shop", "percent": 30}]


def test_every_row_of_an_arrows_menu_reads_on_one_line(stage):
    """No words in the menu are squeezed or cut off, and the shares stand below each other."""
    stage.open(monolith())
    stage.edge("outside>shop").click()
    tall = "all => all.filter((one) => one.offsetHeight > 20).map((one) => one.textContent)"
    assert stage.page.eval_on_selector_all(".menu .row > span:not(.sign)", tall) == []
    shares = stage.page.eval_on_selector_all('.menu [name="percent"]', "all => all.map((one) => one.offsetLeft)")
    assert len(shares) == 3
    assert len(set(shares)) == 1


def test_menu_of_a_cut_arrow_heals_it(stage):
    """What was cut can be healed from the same menu."""
    stage.open(monolith(fault={"kind": "cut"}))
    stage.edge("outside>shop").click()
    stage.find('.menu [data-do="heal"]').click()
    assert stage.sent == [{"do": "heal", "edge": "outside>shop"}]


def test_menu_of_an_arrow_tells_its_bytes_and_its_policy(stage):
    """What went through an arrow, and that its callers stick, is read where the arrow is inspected."""
    stage.open(monolith(sticky=True, bytes_in=20_400_000, bytes_out=1_200))
    stage.edge("outside>shop").click()
    expect(stage.find(".menu .heading")).to_contain_text("20 MB in, 1.2 kB out")
    expect(stage.find(".menu .heading")).to_contain_text("sticky")


def test_keyboard_alone_kills_an_instance(stage):
    """Tab, Enter, arrow keys and Enter do what a mouse does, and the focus comes back."""
    stage.open(monolith())
    stage.instance("shop-1").focus()
    for key in ("Enter", "ArrowDown", "ArrowUp", "Enter"):
        stage.page.keyboard.press(key)
    assert stage.sent == [{"do": "kill", "who": "shop-1"}]
    expect(stage.instance("shop-1")).to_be_focused()


def test_escape_closes_a_menu(stage):
    """Escape sends nothing and gives the focus back."""
    stage.open(monolith())
    stage.edge("outside>shop").press(" ")
    expect(stage.find(".menu")).to_be_visible()
    stage.page.keyboard.press("Escape")
    expect(stage.find(".menu")).to_be_hidden()
    expect(stage.edge("outside>shop")).to_be_focused()


def test_tab_follows_the_flow(stage):
    """Tab goes from caller to callee: arrow, instance, arrow, instance."""
    stage.open(monolith())
    labels = stage.page.eval_on_selector_all(
        ".stage button", "all => all.map(({ dataset }) => dataset.edge ?? dataset.instance)"
    )
    assert labels == ["outside>shop", "shop-1", "shop>db", "db-1"]


def test_everything_that_can_be_worked_has_a_name(stage):
    """Each button says aloud what it is and how it is, so that a screen reader has it too."""
    stage.open(monolith(fault={"kind": "cut"}))
    label = stage.edge("outside>shop").get_attribute("aria-label")
    assert label == (
        "outside to shop: 118 requests per second, p50 3.2 · p99 21 ms, no errors, 2 in flight, cut. Open actions."
    )
    unnamed = "all => all.filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim())).length"
    assert stage.page.eval_on_selector_all(".capsize button, .capsize input", unnamed) == 0


def test_jupyter_does_not_take_the_keys(stage):
    """JupyterLab's shortcuts (x cuts a cell, 0 0 restarts the kernel) leave the board's keys alone."""
    stage.open(monolith())
    assert stage.find(".capsize[data-lm-suppress-shortcuts]").count() == 1


def test_focus_and_menu_outlive_an_update(stage):
    """Four updates a second take neither the focus nor an open menu away."""
    stage.open(monolith())
    stage.edge("outside>shop").click()
    stage.find('.menu [name="ms"]').fill("777")
    stage.show(monolith(rps=3))
    assert stage.find('.menu [name="ms"]').input_value() == "777"
    expect(stage.find('.menu [name="ms"]')).to_be_focused()


def test_click_without_a_kernel_is_not_lost_in_silence(stage):
    """What cannot be sent is said, not swallowed."""
    stage.open(monolith())
    expect(stage.find(".banner")).to_be_visible(timeout=6000)
    stage.instance("shop-1").click()
    stage.find('.menu [data-do="kill"]').click()
    expect(stage.find(".notice")).to_contain_text('not connected: "kill" was not sent')


def test_failed_act_is_told_until_dismissed(stage):
    """An act that failed stands on the board in words, through updates, until it is dismissed for good."""
    told = [{"id": 1, "words": "kill shop-1: no such instance\n  next: <look>"}]
    stage.open(monolith(), notices=told)
    expect(stage.find(".notice")).to_contain_text("next: <look>")
    stage.find(".notice button").click()
    stage.show(monolith(), notices=told)
    expect(stage.find(".notice")).to_have_count(0)
