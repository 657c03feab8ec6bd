"""What another service's answer means: a yes with a body, a refusal to pass on, or no answer at all."""

from __future__ import annotations

from typing import Any

import httpx

from shop.refusals import Refused


class Unanswered(Refused):
    """Say that another service gave no answer: nobody knows whether it did what it was asked."""

    status = 503


class PassedOn(Refused):
    """Refuse in the words, and with the status, of the service that refused."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


def understood(answer: httpx.Response) -> Any:
    """Return the body of a yes. Raises PassedOn for a refusal, and Unanswered where a server was at a loss."""
    if answer.is_success:
        return _body(answer)
    if answer.is_server_error:
        raise Unanswered(f"{answer.url} answers {answer.status_code}")
    raise PassedOn(_words(answer), answer.status_code)


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:  # somebody else answers at that address, or only a part has come
        raise Unanswered(f"{answer.url} answers what is no JSON") from error


def _words(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
