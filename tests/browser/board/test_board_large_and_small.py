"""The board on a projector and in a low window, what failed on an arrow, and the way from an event to the log."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from scenes import edge, every_state, fleet, instance, monolith, service, snapshot

KILLED = {"at": 12.345, "what": "killed", "who": "shop-1", "why": "SIGKILL"}
MOUNT_AGAIN = """() => {
  const second = document.body.appendChild(document.createElement("div"));
  second.id = "second";
}"""
LOW = {"width": 1280, "height": 600}


def large_shop() -> dict:
    """Three services of three copies with a database, as in lab 08."""
    groups = [service(name, *(instance(f"{name}-{number}") for number in (1, 2, 3))) for name in ("tides", "advice")]
    counter = service("counter", *(instance(f"counter-{number}") for number in range(1, 7)))
    db = service("db", instance("db-1"), image="postgres:18")
    names = ("counter", "tides", "advice")
    edges = [edge("outside", name) for name in names] + [edge(name, "db", "tcp") for name in names]
    return snapshot([service("outside"), counter, *groups, db], edges)


def height(stage) -> int:
    return stage.page.evaluate("document.querySelector('.capsize.board').offsetHeight")


def test_tall_board_is_folded_in_a_low_window(stage):
    """In a window of 600 pixels a stack of twelve copies is folded by itself, and all of its board is seen."""
    stage.page.set_viewport_size(LOW)
    stage.open(large_shop())
    expect(stage.find(".toggle.fold")).to_have_attribute("aria-pressed", "true")
    assert height(stage) <= LOW["height"]
    expect(stage.find('[data-service="counter"]')).to_contain_text("6 of 6 well")


def test_fleet_is_folded_in_a_low_window(stage):
    """Ten services of four copies are a line each where the window is low, and nothing overlaps."""
    stage.page.set_viewport_size(LOW)
    stage.open(fleet(10, 4))
    assert stage.find("[data-instance]").count() == 0
    assert [stage.complaints(measure) for measure in ("overlaps", "clipped", "faint")] == [[], [], []]


def test_folded_group_still_shows_who_is_not_well(stage):
    """Who folds a board misses no death: an instance that is not well stays to be seen and clicked."""
    stage.open(every_state())
    stage.find(".toggle.fold").click()
    assert stage.find('[data-instance="shop-1"]').count() == 0
    expect(stage.find('[data-instance="shop-5"]')).to_contain_text("crashed")
    assert stage.complaints("overlaps") == []


def test_fold_can_be_undone(stage):
    """What the window decided, a click decides anew, and it stays so."""
    stage.page.set_viewport_size(LOW)
    stage.open(large_shop())
    stage.find(".toggle.fold").click()
    expect(stage.find("[data-instance]")).to_have_count(13)
    stage.show(large_shop())
    expect(stage.find("[data-instance]")).to_have_count(13)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_presented_board_is_half_as_large_again(stage, scheme):
    """On a projector names are read from the back, nothing is cut off, and menus open beside what was clicked."""
    stage.page.emulate_media(color_scheme=scheme)
    stage.open(monolith())
    name = stage.find('[data-instance="shop-1"] .name')
    before = name.bounding_box()["height"]
    stage.find(".toggle.present").click()
    assert name.bounding_box()["height"] > 1.4 * before
    assert [stage.complaints(measure) for measure in ("overlaps", "clipped", "faint")] == [[], [], []]
    assert stage.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    stage.instance("shop-1").click()
    menu, card = stage.find(".menu").bounding_box(), stage.instance("shop-1").bounding_box()
    assert abs(menu["x"] - card["x"]) < card["width"]


def test_arrow_tells_its_last_failures_by_keyboard(stage):
    """What failed since the board looked is listed on the arrow's menu: when, how often, for what reason."""
    stage.open(monolith(errors={"503": 2}))
    stage.show({**monolith(errors={"503": 6, "connection lost": 1}), "seconds": 14.2})
    stage.edge("outside>shop").focus()
    stage.page.keyboard.press("Enter")
    expect(stage.find(".menu .failures li")).to_have_text(["14.2 s: 4 \u00d7 503", "14.2 s: 1 \u00d7 connection lost"])


def test_arrow_without_failures_lists_none(stage):
    """Counts from before the board looked are no failures of now."""
    stage.open(monolith(errors={"503": 2}))
    stage.show(monolith(errors={"503": 2}))
    stage.edge("outside>shop").click()
    expect(stage.find(".menu .failures")).to_have_count(0)


def test_arrow_itself_can_be_clicked(stage):
    """A click on the line opens what a click on its label opens."""
    stage.open(monolith())
    stage.find('[data-wire="outside>shop"] .reach').dispatch_event("click")
    expect(stage.find(".menu")).to_contain_text("outside → shop")


def test_event_leads_to_the_log_around_its_moment(stage):
    """The name in the timeline is a button: it asks for what the instance wrote around that moment, and shows it."""
    stage.open({**monolith(), "timeline": [KILLED]})
    stage.page.get_by_role("button", name="log of shop-1 when it was killed, at 12.3 s").press("Enter")
    assert stage.sent == [{"do": "log", "who": "shop-1", "at": 12.345}]
    lines = [*(f"line {number}" for number in range(80)), "──── 12.3 s ────", "the last words"]
    stage.show(monolith(), log={"who": "shop-1", "at": 12.345, "lines": lines})
    expect(stage.find(".log h2")).to_have_text("Log of shop-1, around 12.3 s")
    assert stage.find(".log pre").evaluate("pane => pane.scrollTop") > 0


def test_event_of_what_is_no_instance_is_text(stage):
    """The timeline's words on the stack or an arrow lead to no log."""
    stage.open({**monolith(), "timeline": [{**KILLED, "who": "shop>db"}]})
    expect(stage.find("button.who")).to_have_count(0)


def test_two_views_of_one_board_work(stage):
    """A second view of the same board draws, listens, and leaves without taking the first along."""
    stage.open(monolith())
    leave = "() => { second.remove(); secondLeave(); }"
    stage.page.evaluate(MOUNT_AGAIN)
    stage.page.evaluate("() => { second.style.width = '0px'; window.secondLeave = stage.again('second'); }")
    stage.page.evaluate("() => { second.style.width = '100%'; }")
    expect(stage.find('#second [data-instance="shop-1"]')).to_contain_text("live, ready")
    stage.show(monolith(instance("shop-1", state="paused")))
    expect(stage.find('[data-instance="shop-1"]')).to_contain_text(["paused", "paused"])
    stage.page.evaluate(leave)
    stage.show(monolith())
    expect(stage.instance("shop-1")).to_contain_text("live, ready")
