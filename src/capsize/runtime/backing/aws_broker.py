"""What waits in the queues of our AWS process, and what its rules have matched, for the stack's board.

A WSGI application in front of moto's: it closes the gaps of EventBridge when that is first asked for something, so that
stacks without a bus do not wait for the import, and answers at ``PATH``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

PATH = "/capsize/broker"
Environ = dict[str, Any]


class BrokerDoor:
    """Pass requests on to moto's application, and answer those for ``PATH``."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            body = json.dumps(told()).encode() + b"\r\n"
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        if str(environ.get("HTTP_X_AMZ_TARGET", "")).startswith("AWSEvents."):
            from capsize.runtime.backing import aws_events  # imports what most stacks do not need

            aws_events.close_the_gaps()
        return self.application(environ, start_response)


def told() -> dict[str, Any]:
    """Say what is in the queues and what became of events, as far as anybody has used either."""
    events = sys.modules.get("capsize.runtime.backing.aws_events")
    queues = list(_queues()) if "moto.sqs.models" in sys.modules else []
    return {"queues": queues, "rules": list(events.rules()) if events else []}


def _queues() -> Iterator[dict[str, Any]]:
    from moto.sqs import sqs_backends

    every = [one for account in sqs_backends.values() for region in account.values() for one in region.queues.values()]
    letters = {id(one.dead_letter_queue) for one in every}
    for one in every:
        held = [message for message in list(one._messages) if not message.visible and not message.delayed]
        again = sum(message.approximate_receive_count > 1 for message in held)
        yield {
            "stream": "",
            "name": one.name,
            "waiting": one.approximate_number_of_messages,
            "in_flight": len(held),
            "redelivered": again,
            "dead": id(one) in letters or "dead" in one.name,
        }
