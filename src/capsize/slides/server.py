"""Serve one deck on 127.0.0.1: the page, the vendored assets, the drawings, and nothing else."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from capsize.course.lab_paths import Rooms, find_root
from capsize.errors import CapsizeError
from capsize.jupyter import can_show_browser
from capsize.page_requests import PageRequest
from capsize.slides.agenda import agenda
from capsize.slides.deck import read
from capsize.slides.page import page

_KINDS = {
    ".css": "text/css",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# The speaker view is an empty window that reveal.js fills; it inherits this policy, so its one script is named by hash.
_SPEAKER_VIEW = "'sha256-GzCveToXhSIzS3M5eQeRm3McVRB7cYneYKwTkzA3wDk='"
_POLICY = (
    f"default-src 'none'; script-src 'self' {_SPEAKER_VIEW}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
_ASSETS = Path(__file__).parent


def serve(
    slug: str,
    port: int = 0,
    open_browser: bool = True,
    *,
    root: Path | None = None,
    say: Callable[[str], object] = print,
) -> None:
    """Show a lab's deck until Ctrl-C; blocks.

    The deck is read again at every reload of the page, so a change in the file is one reload away. Raises
    CapsizeError, before anything is served, when the deck or one of its figures is not right.
    """
    rooms = Rooms(root or find_root(), slug)
    file, reports = rooms.slides, rooms.root / "labs" / "reports" / slug
    deck = read(file, reports)
    with deck_server(file, reports, port=port) as server, suppress(KeyboardInterrupt):
        url = address(server)
        lasts = f"{deck.minutes:g} minutes, and {deck.exercise_minutes:g} of exercises"
        say(f"{deck.title}: {len(deck.slides)} slides, {lasts}\n  {url}")
        say("  S: speaker view · ?: all keys · add ?print-pdf to the address and print for a PDF · Ctrl-C ends")
        if open_browser and can_show_browser(os.environ, sys.platform):
            webbrowser.open(url)
        server.serve_forever()


def say_agenda(rooms: Rooms, say: Callable[[str], object] = print) -> None:
    """Say at which minute each slide and exercise of a lab's deck begins."""
    say(agenda(read(rooms.slides, rooms.root / "labs" / "reports" / rooms.slug)))


def deck_server(file: Path, reports: Path, *, port: int = 0) -> ThreadingHTTPServer:
    """Bind a server for one deck to 127.0.0.1; the caller runs ``serve_forever`` and closes it."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, file, reports))
    server.daemon_threads = True
    return server


def address(server: ThreadingHTTPServer) -> str:
    """Tell the URL of a bound server."""
    return f"http://127.0.0.1:{server.server_address[1]}/"


class _Handler(PageRequest):
    policy = _POLICY

    def __init__(self, file: Path, reports: Path, *args: object) -> None:
        self._file, self._reports = file, reports
        super().__init__(*args)  # type: ignore[arg-type]  # what socketserver hands over

    def do_GET(self) -> None:  # noqa: N802 - the name in http.server
        path = unquote(urlsplit(self.path).path)
        if path == "/":
            self._deck()
        elif path.startswith("/assets/"):
            self._static(_ASSETS, path.removeprefix("/assets/"))
        else:
            self._static(self._file.parent, path.removeprefix("/"))

    def _deck(self) -> None:
        try:
            self.answer(HTTPStatus.OK, "text/html", page(read(self._file, self._reports)).encode())
        except CapsizeError as error:
            self.answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", str(error).encode())

    def _static(self, folder: Path, name: str) -> None:
        wanted = (folder / name).resolve()
        if wanted.is_relative_to(folder.resolve()) and wanted.suffix in _KINDS and wanted.is_file():
            self.answer(HTTPStatus.OK, _KINDS[wanted.suffix], wanted.read_bytes())
        else:
            self.answer(HTTPStatus.NOT_FOUND, "text/plain", b"not here\n")
