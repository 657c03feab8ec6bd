"""The board in a browser, fed by a fake model: what it shows, and that nothing of it overlaps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from scenes import (
    balanced,
    deployment,
    edge,
    every_state,
    fleet,
    instance,
    monolith,
    pod,
    service,
    snapshot,
    with_queues,
    with_rules,
)

SAID = {
    "shop-1": "live, ready",
    "shop-2": "live, not ready",
    "shop-3": "not live",
    "shop-4": "paused",
    "shop-5": "crashed",
    "shop-6": "waits to restart",
    "shop-7": "starting",
    "shop-8": "stopping",
    "shop-9": "stopped",
}
FAULTS = {
    "delay": ({"kind": "delay", "ms": 300, "percent": 100}, "+300 ms", "clock"),
    "fail": ({"kind": "fail", "status": 503, "percent": 10}, "503 · 10 %", "cross"),
    "cut": ({"kind": "cut"}, "cut", "scissors"),
}


@pytest.mark.parametrize("width", [1100, 560])
def test_who_shares_a_network_is_bound_to_its_owner(stage, width):
    """A sidecar is bound to its owner by a line without tip, figures or menu, and nothing is covered by it."""
    stage.page.set_viewport_size({"width": width, "height": 800})
    stage.open(pod())
    expect(stage.find(".bond")).to_have_text(["localhost", "localhost"])
    assert stage.page.eval_on_selector_all(".bond", "all => all.map(({ dataset }) => dataset.bond)") == [
        "app+proxy",
        "app+agent",
    ]
    assert stage.find('.wire[data-protocol="pod"] .tip:visible').count() == 0
    assert [stage.complaints(measure) for measure in ("clipped", "overlaps", "strays", "faint")] == [[], [], [], []]


@pytest.mark.parametrize(
    ("differs", "drawn"),
    [({}, 0), ({"connections": 1}, 1), ({"bytes_in": 90}, 1), ({"fault": {"kind": "cut"}}, 1)],
)
def test_a_databases_door_is_drawn_when_somebody_has_used_it(stage, differs, drawn):
    """A stack of many databases shows who calls whom, and not every door at which nobody has ever been."""
    door = edge("outside", "db", "tcp", **{"connections": 0, "bytes_in": 0, **differs})
    shown = monolith()
    stage.open({**shown, "edges": [*shown["edges"], door]})
    expect(stage.edge("outside>shop")).to_have_count(1)
    assert stage.edge("outside>db").count() == drawn


def test_every_state_is_told_in_words(stage):
    """Each state of an instance stands there in words, not in colour alone."""
    stage.open(every_state())
    assert {name: stage.instance(name).locator(".state").inner_text() for name in SAID} == SAID


def test_every_state_has_a_sign_of_its_own(stage):
    """No two states share a sign, so that nobody needs the colours."""
    stage.open(every_state())
    signs = stage.page.eval_on_selector_all(".card .sign", "all => all.map(({ innerHTML }) => innerHTML)")
    assert len(set(signs)) == len(SAID)


ROTATION = {
    "orders-1": "ready, in rotation",
    "orders-2": "ready, joining",
    "orders-3": "not ready, still called",
    "orders-4": "CrashLoopBackOff",
    "orders-5": "Terminating, still called",
}


def test_probes_and_rotation_are_told_in_words(stage):
    """A Deployment's instance says who is called, and each probe's last answer by a mark, a word and a count."""
    stage.open(deployment())
    assert {name: stage.instance(name).locator(".state").inner_text() for name in ROTATION} == ROTATION
    marks = stage.instance("orders-3").locator(".probe")
    assert marks.all_inner_texts() == ["start", "live 2/3", "ready"]
    signs = [mark.get_attribute("data-sign") for mark in marks.locator(".sign").all()]
    assert signs == ["check", "cross", "cross"]
    assert "liveness fails 2/3" in stage.instance("orders-3").get_attribute("aria-label")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_probes_are_readable(stage, scheme):
    """Nothing of a Deployment's cards is cut off, overlaps or is faint, in both themes."""
    stage.page.emulate_media(color_scheme=scheme)
    stage.open(deployment())
    assert [stage.complaints(measure) for measure in ("clipped", "overlaps", "faint")] == [[], [], []]


OPINIONS = {
    "orders-1": ("target healthy", "check"),
    "orders-2": ("target healthy, 1/3 failed", "check"),
    "orders-3": ("target unhealthy, grace", "cross"),
    "orders-4": ("target unhealthy, 1/2 passed", "cross"),
    "orders-5": ("target initial", "ring"),
    "orders-6": ("target draining", "down"),
}


def test_the_balancer_s_opinion_is_told_beside_the_platform_s(stage):
    """Below the probes stands what the load balancer calls the instance, in words, with a sign and a count."""
    stage.open(balanced())
    marks = {name: stage.instance(name).locator(".target") for name in OPINIONS}
    shown = {
        name: (mark.inner_text(), mark.locator(".sign").get_attribute("data-sign")) for name, mark in marks.items()
    }
    assert shown == OPINIONS
    assert "target healthy to balancer" in stage.instance("orders-1").get_attribute("aria-label")


def test_a_balancer_s_arrow_bears_its_name(stage):
    """Of two arrows between the same boxes the load balancer's says its name."""
    stage.open(balanced())
    assert stage.edge("outside>balancer").locator(".via").inner_text() == "balancer"
    assert stage.edge("outside>orders").locator(".via").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_opinions_are_readable(stage, scheme):
    """Nothing of a balanced Deployment's cards is cut off, overlaps or is faint, in both themes."""
    stage.page.emulate_media(color_scheme=scheme)
    stage.open(balanced())
    assert [stage.complaints(measure) for measure in ("clipped", "overlaps", "faint")] == [[], [], []]


def test_restarts_and_the_last_probe_are_told(stage):
    """An instance says how often it was restarted, and the last probe's words on hover."""
    stage.open(every_state())
    assert stage.instance("shop-5").locator(".again").inner_text() == "↻ 3"
    assert stage.instance("shop-5").get_attribute("title") == "shop-5: exit code 1"


def test_arrow_shows_its_figures(stage):
    """An arrow shows requests per second, p50, p99, errors and what is in flight."""
    stage.open(monolith(errors={"503": 3}, error_rps=0.4))
    words = stage.edge("outside>shop").inner_text().split("\n")
    assert words == ["118/s", "2 in flight", "p50 3.2 · p99 21 ms", "3 errors, 0.4/s"]


def test_tcp_arrow_shows_its_connections(stage):
    """An arrow that carries TCP has no requests; it shows its connections."""
    stage.open(monolith())
    assert stage.edge("shop>db").inner_text() == "5 connections"


def test_tcp_arrow_shows_a_remark(stage):
    """A remark about an arrow is on it: its first words there, all of it in its title and its label."""
    remark = "mTLS: spiffe://shop/orders calls spiffe://shop/payments"
    both = [service("outside"), service("orders", instance("orders-1")), service("payments", instance("payments-1"))]
    stage.open(snapshot(both, [edge("outside", "orders"), edge("orders", "payments", "tcp", remark=remark)]))
    arrow = stage.edge("orders>payments")
    assert arrow.inner_text() == "mTLS · 5"
    assert remark in arrow.get_attribute("title")
    assert remark in arrow.get_attribute("aria-label")


@pytest.mark.parametrize("kind", FAULTS)
def test_fault_is_shown_on_its_arrow(stage, kind):
    """A fault stands on its arrow, in words and with a sign of its own."""
    fault, words, sign = FAULTS[kind]
    stage.open(monolith(fault=fault))
    shown = stage.edge("outside>shop").locator(".fault")
    assert (shown.inner_text(), shown.locator(".sign").get_attribute("data-sign")) == (words, sign)


def test_healed_arrow_shows_no_fault(stage):
    """A healed arrow looks as it did before."""
    stage.open(monolith(fault={"kind": "cut"}))
    stage.show(monolith())
    expect(stage.edge("outside>shop").locator(".fault")).to_be_hidden()


@pytest.mark.parametrize("width", [480, 900, 1280])
@pytest.mark.parametrize("instances", [1, 4])
def test_nothing_overlaps(stage, width, instances):
    """Ten services of one or four instances: no box or label covers another, no arrow runs through a box."""
    stage.page.set_viewport_size({"width": width, "height": 900})
    stage.open(fleet(instances=instances))
    assert (stage.complaints("overlaps"), stage.complaints("strays")) == ([], [])


def test_no_word_is_cut_off(stage):
    """Names, states and figures of usual length fit their place."""
    stage.open(fleet())
    assert stage.complaints("clipped") == []


@pytest.mark.parametrize("width", [700, 900, 1280])
def test_board_fits_the_width(stage, width):
    """The board wraps instead of running out of the page."""
    stage.page.set_viewport_size({"width": width, "height": 900})
    stage.open(fleet())
    assert stage.page.eval_on_selector(".scroll", "box => box.scrollWidth - box.clientWidth") <= 0


def test_same_stack_is_drawn_the_same(stage):
    """The layout depends on nothing but the wiring and the width."""
    places = "() => [...document.querySelectorAll('.box, .tag')].map(({ style }) => style.cssText)"
    first = stage.open(fleet()).page.evaluate(places)
    assert stage.open(fleet()).page.evaluate(places) == first


def test_scaling_shows_new_instances(stage):
    """An instance that is added appears, and one that is gone disappears."""
    stage.open(fleet(2, 3))
    stage.show(fleet(2, 2))
    names = stage.page.eval_on_selector_all(".card .name", "all => all.map(({ textContent }) => textContent)")
    assert names == ["gateway-1", "gateway-2", "users-1", "users-2"]


def test_callers_stand_left(stage):
    """Callers stand left of whom they call."""
    stage.open(monolith())
    left = "all => all.map((box) => [box.dataset.service, box.getBoundingClientRect().left])"
    boxes = sorted(stage.page.eval_on_selector_all(".box", left), key=lambda box: box[1])
    assert [name for name, _ in boxes] == ["outside", "shop", "db"]


def test_requests_flow_along_a_busy_arrow(stage):
    """Traffic is seen moving."""
    stage.open(monolith())
    stage.page.wait_for_function("+document.querySelector('.motion').dataset.dots > 3")


def test_nothing_moves_without_traffic(stage):
    """A quiet stack is a quiet picture."""
    stage.open(monolith(rps=0))
    stage.page.evaluate("measures.frames()")
    assert stage.find(".motion").get_attribute("data-dots") in (None, "0")


def test_nothing_moves_where_stillness_is_preferred(stage):
    """prefers-reduced-motion is kept: no dots, no turning rings."""
    stage.page.emulate_media(reduced_motion="reduce")
    stage.open(monolith())
    stage.page.evaluate("measures.frames()")
    assert stage.find(".motion").get_attribute("data-dots") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(stage, scheme):
    """Text has a contrast of at least 4.5 to 1 in both themes, on faults, in menus and in messages too."""
    stage.page.emulate_media(color_scheme=scheme)
    faults = [edge("outside", "shop", fault=fault, error_rps=3, errors={"503": 9}) for fault, *_ in FAULTS.values()]
    stage.open({**every_state(), "edges": faults}, notices=[{"id": 1, "words": "kill shop-1: it is gone"}])
    stage.edge("outside>shop").click()
    assert stage.complaints("faint") == []


def test_jupyter_theme_wins_over_the_system(stage):
    """In JupyterLab's dark theme the board is dark, whatever the system prefers."""
    stage.page.emulate_media(color_scheme="light")
    stage.open(monolith())
    before = stage.find(".card").first.evaluate("card => getComputedStyle(card).getPropertyValue('--good')")
    stage.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert stage.find(".card").first.evaluate("card => getComputedStyle(card).getPropertyValue('--good')") != before


def test_stack_that_is_down_says_so(stage):
    """When the stack is down the board says it and how to go on."""
    stage.open({**monolith(), "state": "down"})
    expect(stage.find(".banner")).to_contain_text("The stack is down")


def test_board_without_a_kernel_says_how_old_it_is(stage):
    """Three seconds without a word from Python, and the board says how old its figures are."""
    stage.open(monolith())
    expect(stage.find(".banner")).to_have_text(re.compile(r"Not connected: figures are [3-9] s old\."), timeout=9000)
    stage.show(monolith())
    expect(stage.find(".banner")).to_be_hidden()


def test_timeline_shows_the_last_eight(stage):
    """The newest event is on top, eight are kept, and they are read out politely."""
    events = [{"at": at, "what": "restarted", "who": f"shop-{at}", "why": ""} for at in range(12)]
    stage.open({**monolith(), "timeline": events})
    who = stage.page.eval_on_selector_all(".events .who", "all => all.map(({ textContent }) => textContent)")
    assert who == [f"shop-{at}" for at in range(11, 3, -1)]
    assert stage.find(".events").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize(("what", "sign"), [("liveness failed", "cross"), ("not ready", "half"), ("ready", "check")])
def test_a_failed_probe_does_not_look_like_one_that_passed(stage, what, sign):
    """The timeline's sign says what an event means, whatever else is in its words."""
    stage.open({**monolith(), "timeline": [{"at": 1, "what": what, "who": "shop-1", "why": ""}]})
    assert stage.find(".events .sign").get_attribute("data-sign") == sign


def test_words_from_a_stack_are_text(stage):
    """A name or a log line that looks like HTML is shown as it is and never run."""
    event = {"at": 1, "what": "crashed", "who": "<b>shop</b>", "why": "<img src=x onerror=alert(1)>"}
    stage.open(snapshot(monolith()["services"], [edge("outside", "shop")], timeline=[event]))
    assert stage.find(".events .who").inner_text() == "<b>shop</b>"
    assert stage.find(".events img").count() == 0


def test_leaving_the_page_stops_everything(stage):
    """A board that is removed listens to nothing any more."""
    stage.open(monolith())
    stage.page.evaluate("stage.unmount()")
    assert stage.page.evaluate("stage.listeners.size") == 0


def test_queues_stand_beside_the_services(stage):
    """A bookmark shows what waits, what is in flight and what came again; dead letters are told by sign and number."""
    stage.open(with_queues(dead=3))
    rows = stage.find(".queues tbody tr")
    assert [row.locator("th, td").all_inner_texts() for row in rows.all()] == [
        ["ORDERS charges", "40", "2", "1"],
        [" DEAD, dead letters", "3", "", ""],
    ]
    assert stage.find('.queues [data-dead="true"] .sign').get_attribute("data-sign") == "alarm"
    stage.show(with_queues(dead=0))
    assert stage.find('.queues [data-dead="false"] .sign').get_attribute("data-sign") == "check"


def test_stack_without_brokers_shows_no_queues(stage):
    """A lab without a broker has no empty table on its board."""
    stage.open(monolith())
    expect(stage.find(".queues")).to_be_hidden()


def test_rules_tell_what_they_match(stage):
    """A rule shows how many events it matched, and what its target got; nothing and everything are marked."""
    stage.open(with_rules((9, 4, 4, 0), (9, 0, 0, 0), (9, 9, 8, 1), (2, 2, 2, 0)))
    rows = stage.find(".rules tbody tr")
    assert [row.locator("th, td").all_inner_texts() for row in rows.all()] == [
        ["shop rule-0", " 4 of 9", "queue customs", "4", "0"],
        ["shop rule-1", " 0 of 9, nothing", "queue customs", "0", "0"],
        ["shop rule-2", " 9 of 9, everything", "queue customs", "8", "1"],
        ["shop rule-3", " 2 of 2", "queue customs", "2", "0"],
    ]
    marks = rows.locator("td:first-of-type .sign").all()
    assert [mark.get_attribute("data-sign") for mark in marks] == ["square", "alarm", "alarm", "square"]


def test_stack_without_a_bus_shows_no_rules(stage):
    """A lab without an event bus has no empty table of rules on its board."""
    stage.open(monolith())
    expect(stage.find(".rules")).to_be_hidden()
