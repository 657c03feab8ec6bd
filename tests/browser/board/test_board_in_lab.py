"""The board where learners meet it: in JupyterLab, over the real stack of lab 01."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect
from stage import MEASURES

STRUCK = """() => {
    const shop = document.querySelector('[data-instance="shop-1"]')
    return shop.dataset.state !== 'running' || shop.innerText.includes('↻')
}"""
PROMPT = 1.5  # seconds from a click to its effect on the board


def test_kill_is_seen_and_mended(board):
    """A click on kill shows within 1.5 s: the instance is dead, or back already, and the restart is counted."""
    shop = board.instance("shop-1")
    clicked = board.do("kill", shop)
    board.page.wait_for_function(STRUCK, timeout=5000)
    assert time.monotonic() - clicked <= PROMPT
    expect(shop).to_have_attribute("data-ready", "true", timeout=30_000)
    assert shop.locator(".again").inner_text() == "↻ 1"


def test_database_that_was_killed_is_restarted_by_a_click(board):
    """What no policy restarts stays down until somebody clicks restart."""
    database = board.instance("db-1")
    board.do("kill", database)
    expect(database).to_have_attribute("data-state", "crashed")
    board.do("restart", database)
    expect(database).to_have_attribute("data-ready", "true", timeout=30_000)


def test_board_opens_beside_its_notebook(board):
    """By the keyboard it opens once more, right of the notebook, live, stays in view, and shows the next stack, too."""
    page = board.page
    page.locator(".jp-Notebook .toggle.beside").press("Enter")
    aside = page.locator(".jp-LinkedOutputView")
    expect(aside.locator('[data-instance="shop-1"]')).to_have_attribute("data-ready", "true", timeout=30_000)
    expect(aside.locator(".toggle.beside")).to_be_hidden()
    assert aside.bounding_box()["x"] >= page.locator(".jp-Notebook").bounding_box()["x"] + 200
    aside.locator(".toggle.fold").wait_for()
    page.evaluate("() => window.jupyterapp.shell.activateById(document.querySelector('.jp-NotebookPanel').id)")
    board.run("await shop.down(); stack = await shop.up()")
    expect(aside.locator('[data-instance="shop-1"]')).to_have_attribute("data-ready", "true", timeout=30_000)
    board.run("stack.instance('shop-1').stop()")
    expect(aside.locator('[data-instance="shop-1"]')).to_have_attribute("data-ready", "false", timeout=30_000)
    board.run("stack.instance('shop-1').restart()")
    page.locator(".lm-TabBar-tab", has_text="Output View").locator(".lm-TabBar-tabCloseIcon").click()
    expect(aside).to_have_count(0)
    board.run("shop.board()", 0)  # in the first cell: the new stack has a board of its own


def test_arrow_is_cut_and_healed(board):
    """A click on cut shows the cut, and a click on heal takes it away."""
    arrow = board.edge("outside>shop")
    board.do("cut", arrow)
    expect(arrow).to_have_attribute("data-fault", "cut")
    board.do("heal", arrow)
    expect(arrow).to_have_attribute("data-fault", "none")


@pytest.mark.parametrize("wait", ["import asyncio; await asyncio.sleep(60)", "import time; time.sleep(60)"])
def test_buttons_work_while_a_cell_waits(board, wait):
    """A click acts at once, whether the cell that runs awaits or blocks the kernel's main thread."""
    shop = board.instance("shop-1")
    board.start(wait)
    board.do("pause", shop)
    expect(shop).to_have_attribute("data-state", "paused")
    assert board.is_busy()
    board.do("resume", shop)
    expect(shop).to_have_attribute("data-ready", "true", timeout=30_000)


def test_load_is_seen_on_the_arrow(board):
    """Requests are seen on their arrow while they arrive, and the load tells what it does."""
    board.start("report = await shop.load(users=5, seconds=60)")
    board.page.wait_for_function("+document.querySelector('.capsize .motion').dataset.dots > 0")
    expect(board.page.locator(".capsize.live .words")).to_contain_text("none failed")


def test_interrupted_load_keeps_what_was_measured(board):
    """An interrupt ends the load, and the cell still has its report."""
    board.start("report = await shop.load(users=2, seconds=60); print('sent', report.sent > 0, report.interrupted)")
    expect(board.page.locator(".capsize.live path.line").first).to_have_attribute("d", re.compile("L"))
    board.interrupt()
    expect(board.page.locator(".jp-OutputArea-output", has_text="sent True True")).to_have_count(1)


def test_refused_act_is_told(board):
    """An act that the runtime refuses is told on the board, in the runtime's words."""
    board.run('shop.board()._asked(None, {"do": "kill", "who": "shop-9"}, [])')
    expect(board.page.locator(".notice")).to_contain_text("no instance named 'shop-9'")


def test_theme_of_jupyterlab_is_the_board_s(board):
    """Switching JupyterLab to its dark theme makes the board dark, and every word can still be read."""
    board.page.add_script_tag(path=MEASURES)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        board.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        board.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str("Light" in theme).lower()
        )
        assert board.page.evaluate("measures.faint()") == []


def test_board_says_when_the_stack_is_down(board):
    """After `await shop.down()` the board says so."""
    board.run("await shop.down(); del shop, stack")
    expect(board.page.locator(".capsize .banner")).to_contain_text("The stack is down")
    board.page.evaluate("document.querySelector('.capsize.board').remove()")


def test_board_says_when_the_kernel_is_gone(board):
    """A restarted kernel leaves a board that says how old its figures are."""
    board.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(board.page.locator(".capsize .banner")).to_contain_text("Not connected", timeout=10_000)
    board.page.evaluate("document.querySelector('.capsize.board').remove()")


def test_board_asks_nobody_outside(board):
    """The board works with the network unplugged."""
    assert board.notebook.watched.strangers == []
