"""The board on a page of its own, over a real stack."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

import capsize
from capsize.board_page.server import BoardServer


@pytest.fixture
def page(small, watched):
    """A page that follows whatever is up. Nothing failed on it, and nobody outside was asked."""
    with BoardServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        watched.page.goto(server.url)
        yield watched.page
        server.shutdown()
    assert (watched.errors, watched.strangers) == ([], [])


def test_board_follows_a_stack_that_comes_and_goes_and_acts_on_it(page):
    """Before there is one it says how to start one; an instance that is killed by a click is seen to die."""
    expect(page.locator(".banner")).to_have_text("No stack is up. capsize up 01 starts one.")
    with capsize.lab(1, code="solutions") as stack:
        page.locator('[data-instance="boat-1"]').click(timeout=30_000)
        page.locator('.menu [data-do="log"]').click()
        expect(page.locator(".log pre")).to_contain_text("uvicorn", timeout=30_000)
        page.locator('[data-instance="boat-1"]').click()
        page.locator('.menu [data-do="stop"]').click()
        expect(page.locator('[data-instance="boat-1"]')).to_contain_text("stopped", timeout=30_000)
        assert stack.instance("boat-1").state == "stopped"
        assert page.title() == "01_boat · board"
    expect(page.locator(".banner")).to_have_text("The stack is down. capsize up 01 starts it again.", timeout=30_000)
