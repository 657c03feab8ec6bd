"""Requests of a page that the kit serves on 127.0.0.1: answers that no page elsewhere can use, and a quiet terminal."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler


class PageRequest(BaseHTTPRequestHandler):
    """One request. ``policy`` is the Content-Security-Policy of all that is answered."""

    policy = "default-src 'none'"

    def answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        """Answer with a body of a media type; nobody keeps it, guesses its type, or learns the address."""
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Keep the terminal for the URL and the errors."""
