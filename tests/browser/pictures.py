"""The pictures of the README, drawn anew: ``python tests/browser/pictures.py``.

Each is a screen as it is, over a real stack, a real verdict and the real course. A picture carries what is to be read
on it, without what is measured, so that a test can tell one that shows another screen than today's.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, PngImagePlugin
from playwright.sync_api import Browser, Page, expect, sync_playwright

import capsize
from capsize.board_page.server import BoardServer
from capsize.course import Course, Lab
from capsize.load import run_blocking
from capsize.session.running import RunningStack
from capsize.start_page import page_of
from capsize.ui.script import style
from capsize.ui.verdict import verdict_html

ROOT = Path(__file__).parents[2]
WORDS = "words"  # the name of a picture's text
PASSED = ("1.1", "1.2", "1.3", "3.1", "3.2")
CARDS = "cards => cards.map((card) => card.getAttribute('aria-label').split(':')[0] + ' ' + card.dataset.state)"
SIZE = {"width": 1180, "height": 720}


def draw_board(page: Page) -> list[str]:
    """Show lab 01 with two copies of the shop, one of them stopped, while customers buy; say what is on it."""
    with _board_of(capsize.lab(1, code="solutions")) as (stack, url):
        page.goto(url)
        stack.service("shop").scale(2)
        stack.instance("shop-2").stop()
        expect(page.locator('[data-instance="shop-2"]')).to_have_attribute("data-state", "stopped", timeout=30_000)
        load = threading.Thread(target=_buy, args=(stack,), daemon=True)
        load.start()
        expect(page.locator('.tag[data-edge="outside>shop"] .latency')).to_contain_text("p99", timeout=30_000)
        page.locator(".capsize.board").screenshot(path=_shot())
        words = page.eval_on_selector_all("[data-instance]", CARDS)
        words += page.eval_on_selector_all("[data-edge]", "tags => tags.map((tag) => tag.dataset.edge)")
        load.join()
    return sorted(words)


def draw_verdict(page: Page) -> list[str]:
    """Show a refusal of exercise 1.1 as it was given; say which parts it has."""
    lab = capsize.lab(1, code="starter")
    verdict = lab.check("1.1", seed=1)
    body = f'<div class="capsize sheet">{verdict_html(verdict)}</div>'
    page.set_content(f"<!doctype html><html lang=en><style>{style()}</style><body>{body}</body></html>")
    page.set_viewport_size({"width": 900, "height": 700})
    page.locator(".capsize").screenshot(path=_shot())
    return [page.inner_text("h3"), *page.eval_on_selector_all("dt", "names => names.map((name) => name.textContent)")]


def draw_start(page: Page) -> list[str]:
    """Show the start page of somebody who has passed lab 01 and half of 03; say all that is on it."""
    with tempfile.TemporaryDirectory() as folder:
        for room in ("labs", "starter"):
            shutil.copytree(ROOT / room, Path(folder) / room, ignore=shutil.ignore_patterns("__pycache__"))
        when = (datetime.now() - timedelta(days=1)).isoformat()
        (Path(folder) / "work").mkdir()
        (Path(folder) / "work/progress.json").write_text(json.dumps({"passed": dict.fromkeys(PASSED, when)}))
        page.set_content(page_of(Course(Path(folder)), ""))
    page.screenshot(path=_shot())
    return page.inner_text("body").split("\n")


PICTURES: Mapping[str, Callable[[Page], list[str]]] = {
    "board": draw_board,
    "verdict": draw_verdict,
    "start": draw_start,
}


def draw(browser: Browser, name: str, file: Path) -> str:
    """Draw a picture into a file; return the words that it carries."""
    context = browser.new_context(viewport=SIZE, device_scale_factor=1.5, color_scheme="light", reduced_motion="reduce")
    words = re.sub(r"\d+", "0", "\n".join(PICTURES[name](context.new_page())))
    context.close()
    text = PngImagePlugin.PngInfo()
    text.add_text(WORDS, words)
    with Image.open(_shot()) as picture:
        picture.convert("P", palette=Image.Palette.ADAPTIVE).save(file, pnginfo=text, optimize=True)
    return words


def words_of(file: Path) -> str:
    """Return the words that a picture carries."""
    with Image.open(file) as picture:
        return str(picture.info.get(WORDS, ""))


def _shot() -> Path:
    return Path(tempfile.gettempdir()) / f"capsize-picture-{os.getpid()}.png"


def _buy(stack: RunningStack) -> None:
    run_blocking(ROOT / "labs/load/01_monolith.py", stack.url(), users=6, seconds=6)


@contextmanager
def _board_of(lab: Lab) -> Iterator[tuple[RunningStack, str]]:
    with _own_registry(), BoardServer() as server, lab as stack:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield stack, server.url
        server.shutdown()


@contextmanager
def _own_registry() -> Iterator[None]:
    """Have the board see no stack but ours, whatever else is up on this machine."""
    before = os.environ.get("CAPSIZE_REGISTRY")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CAPSIZE_REGISTRY"] = folder
        yield
    os.environ.pop("CAPSIZE_REGISTRY")
    if before is not None:
        os.environ["CAPSIZE_REGISTRY"] = before


if __name__ == "__main__":
    from conftest import find_chromium

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(playwright.chromium.executable_path), args=["--no-sandbox"]
        )
        for one in sys.argv[1:] or PICTURES:
            draw(chromium, one, ROOT / "docs" / f"{one}.png")
