"""A refusal in AWS' own words, in the format that the caller's client reads: XML of S3, XML of a query, or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

Environ = dict[str, Any]


class RefusedError(Exception):
    """An answer in AWS' own words: a code, a message, and what else S3's XML tells."""

    def __init__(self, code: str, message: str, status: str = "403 Forbidden", **details: str) -> None:
        super().__init__(message)
        self.status, self.told = status, {"Code": code, "Message": message, **details}

    def answer(self, environ: Environ) -> tuple[list[tuple[str, str]], bytes]:
        """Return the headers and the body that a request is refused with."""
        kind = str(environ.get("CONTENT_TYPE", ""))
        if kind.startswith(("application/x-amz-json", "application/json")) or "HTTP_X_AMZ_TARGET" in environ:
            words = {"__type": self.told["Code"], "message": self.told["Message"]}
            body, sent_as = json.dumps(words).encode(), "application/x-amz-json-1.0"
        else:
            is_query = kind.startswith("application/x-www-form-urlencoded")
            body, sent_as = (_query_xml if is_query else _s3_xml)(self.told), "application/xml"
        headers = {"Content-Type": sent_as, "Content-Length": str(len(body)), "x-amzn-ErrorType": self.told["Code"]}
        return list(headers.items()), b"" if environ["REQUEST_METHOD"] == "HEAD" else body


def _s3_xml(told: Mapping[str, str]) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{_tags(told)}</Error>'.encode()


def _query_xml(told: Mapping[str, str]) -> bytes:
    return f"<ErrorResponse><Error>{_tags({'Type': 'Sender', **told})}</Error></ErrorResponse>".encode()


def _tags(told: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in told.items())
