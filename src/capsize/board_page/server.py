"""Serve the board of a stack on 127.0.0.1, to those who have the address with its token."""

from __future__ import annotations

import hmac
import json
import os
import secrets
import sys
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from capsize.board_page.followed import Followed
from capsize.errors import CapsizeError
from capsize.jupyter import can_show_browser
from capsize.page_requests import PageRequest
from capsize.ui.feed import PERIOD, Snapshot, is_news
from capsize.ui.script import joined, style

FOLDER = Path(__file__).parent
MOST = 10_000  # bytes of an act
SECRET = ("/", "/pictures", "/log")  # what needs the token
POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'"
FILES: dict[str, tuple[str, Callable[[], str]]] = {
    "/": ("text/html", lambda: _text("page.html")),
    "/page.js": ("text/javascript", lambda: _text("page.js")),
    "/board.js": ("text/javascript", lambda: joined("board")),
    "/board.css": ("text/css", style),
}


def serve(which: str | None = None, port: int = 0, open_browser: bool = True) -> None:
    """Show a stack's board until Ctrl-C; blocks. Without ``which`` it follows the stack that was started last."""
    with BoardServer(which, port) as server, suppress(KeyboardInterrupt):
        whose = which or "the stack that was started last"
        print(f"{whose}: its board is at\n  {server.url}\nCtrl-C ends it", flush=True)
        if open_browser and can_show_browser(os.environ, sys.platform):
            webbrowser.open(server.url)
        server.serve_forever()


class BoardServer(ThreadingHTTPServer):
    """A server on 127.0.0.1 and the token that its pages need; the caller runs ``serve_forever`` and closes it."""

    daemon_threads = True

    def __init__(self, which: str | None = None, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(16)
        try:
            super().__init__(("127.0.0.1", port), partial(_BoardRequest, Followed(which), self.token))
        except OSError as error:
            raise CapsizeError(f"port {port} is not to be had", got=str(error), next="leave out --port") from error

    @property
    def url(self) -> str:
        """Its address, with the token."""
        return f"http://127.0.0.1:{self.server_address[1]}/?token={self.token}"


class _BoardRequest(PageRequest):
    policy = POLICY

    def __init__(self, followed: Followed, token: str, *args: Any) -> None:
        self._followed, self._token = followed, token
        super().__init__(*args)

    def do_GET(self) -> None:  # noqa: N802 - the name in http.server
        path = urlsplit(self.path).path
        if not self._is_meant() or (path in SECRET and not self._is_allowed()):
            self._say(HTTPStatus.FORBIDDEN, "text/plain", "open the address that capsize board printed\n")
        elif path == "/pictures":
            self._stream()
        elif path == "/log":
            self._log(parse_qs(urlsplit(self.path).query))
        elif path in FILES:
            kind, text = FILES[path]
            self._say(HTTPStatus.OK, kind, text())
        else:
            self._say(HTTPStatus.NOT_FOUND, "text/plain", "not here\n")

    def do_POST(self) -> None:  # noqa: N802 - the name in http.server
        size = int(self.headers.get("Content-Length") or 0)
        if not self._is_meant() or not self._is_allowed() or size > MOST:
            self._say(HTTPStatus.FORBIDDEN, "text/plain", "open the address that capsize board printed\n")
            return
        try:
            self._followed.act(self.rfile.read(size))
            self._say(HTTPStatus.OK, "text/plain", "")
        except CapsizeError as error:
            self._say(HTTPStatus.CONFLICT, "text/plain", str(error))

    def _log(self, asked: dict[str, list[str]]) -> None:
        try:
            at = float(asked["at"][0]) if "at" in asked else None
            self._say(HTTPStatus.OK, "text/plain", self._followed.log(asked.get("who", [""])[0], at))
        except (CapsizeError, ValueError):
            self._say(HTTPStatus.NO_CONTENT, "text/plain", "")

    def _is_meant(self) -> bool:
        """Say whether the browser means this machine: a page elsewhere whose name leads here names itself."""
        return (self.headers.get("Host") or "").rpartition(":")[0] in ("127.0.0.1", "localhost")

    def _is_allowed(self) -> bool:
        given = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _stream(self) -> None:
        """Send the picture whenever it changed, and once a second as a sign of life, until the page is closed."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        last: Snapshot = {}
        sent_at = float("-inf")
        with suppress(OSError):
            while True:
                picture = self._followed.snapshot(last)
                if is_news(picture, last, sent_at):
                    self.wfile.write(f"data: {json.dumps(picture)}\n\n".encode())
                    last, sent_at = picture, time.monotonic()
                time.sleep(PERIOD)

    def _say(self, status: HTTPStatus, kind: str, text: str) -> None:
        self.answer(status, kind, text.encode())


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
