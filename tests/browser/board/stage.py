"""A page with nothing but the board on it, whose model is a fake: what Jupyter does, without Jupyter."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pages import Watched
from playwright.sync_api import Locator

from capsize.ui.script import joined, style

MEASURES = Path(__file__).with_name("measures.js")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>stage</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"><script src="/measures.js"></script><body><div id="host"></div>
<script type="module">
import widget from "/widget.js";
const listeners = new Set(), traits = {};
const model = {
  get: (name) => traits[name],
  on: (_, listener) => listeners.add(listener),
  off: (_, listener) => listeners.delete(listener),
  send: (message) => stage.sent.push(message),
};
window.stage = {
  sent: [],
  listeners,
  show: (news) => { Object.assign(traits, news); listeners.forEach((listener) => listener()); },
  mount: () => { stage.unmount = widget.render({ model, el: document.getElementById("host") }); },
  again: (id) => widget.render({ model, el: document.getElementById(id) }),
};
</script></body></html>"""


@dataclass
class Stage:
    """A board on a page of its own."""

    watched: Watched
    url: str

    @property
    def page(self) -> Any:
        return self.watched.page

    @property
    def sent(self) -> list[dict[str, Any]]:
        """What the board sent to Python."""
        return self.page.evaluate("stage.sent")

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def instance(self, name: str) -> Locator:
        return self.find(f'[data-instance="{name}"]')

    def edge(self, name: str) -> Locator:
        return self.find(f'.tag[data-edge="{name}"]')

    def complaints(self, measure: str) -> list[str]:
        """Measure the page by one of measures.js."""
        return self.page.evaluate(f"measures.{measure}()")

    def open(self, snapshot: Mapping[str, Any], **more: Any) -> Stage:
        """Open the page and show the board of a snapshot."""
        self.page.goto(self.url)
        self.page.wait_for_function("window.stage")
        self.show(snapshot, **more)
        self.page.evaluate("stage.mount()")
        return self

    def show(self, snapshot: Mapping[str, Any], **more: Any) -> None:
        """Let Python send another snapshot."""
        self.page.evaluate("news => stage.show(news)", {"picture": {"snapshot": snapshot, "notices": [], **more}})


@contextmanager
def serving(entry: str) -> Iterator[str]:
    """Serve a widget's script, its style and a page that shows it; yield the address."""
    files = {
        "/": ("text/html", PAGE),
        "/widget.js": ("text/javascript", joined(entry)),
        "/style.css": ("text/css", style()),
        "/measures.js": ("text/javascript", MEASURES.read_text()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = files[self.path]
            self.send_response(200)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
