"""The AWS APIs: moto's services in a process of our own that also checks signatures (see ``aws_server``).

The same process closes gaps of EventBridge (``aws_events``), and tells a board of queues and rules (``aws_broker``).
"""

from __future__ import annotations

import json
from pathlib import Path

from capsize.runtime.backing import start
from capsize.runtime.backing.aws_broker import PATH
from capsize.runtime.backing.dialogue import LONGEST_LINE, Dialogue, SilenceError, dialogue
from capsize.runtime.backing.interface import Backing
from capsize.runtime.program import Program
from capsize.runtime.queues import Broker, Queue, Rule
from capsize.stack.model import Service

LONGEST_BODY = 1 << 20
QUESTION = b"GET /moto-api/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


class Aws(Backing):
    """One set of AWS services per Compose service, kept in memory and gone when it stops.

    ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY`` in its environment (``test`` both, unless set) are the only key
    whose requests and presigned URLs are accepted; ``MOTO_…`` settings are passed on.
    """

    images = ("motoserver/moto",)

    def program(self, service: Service, folder: Path, port: int) -> Program:
        """Say how to start the server; nothing is kept in the folder but uploads while they last."""
        start.words(service, "moto_server")
        settings = {name: value for name, value in service.environment.items() if name.startswith(("MOTO_", "AWS_"))}
        env = start.environment(
            folder, PYTHONDONTWRITEBYTECODE="1", PYTHONUNBUFFERED="1", **settings, MOTO_PORT=str(port)
        )
        return Program(("python", "-m", f"{__package__}.aws_server", str(port)), env, folder)

    async def serves(self, service: Service, folder: Path, port: int) -> bool:
        """Say whether it answers: our process refuses who does not sign, moto's own image shows its page."""
        try:
            async with dialogue(port) as moto:
                return (await moto.ask(QUESTION))[0].split()[1:2] in ([b"403"], [b"200"])
        except SilenceError:
            return False

    async def queues(self, service: Service, folder: Path, port: int) -> list[Broker]:
        """Ask our process for its queues and its rules; moto's own image has nothing to tell."""
        try:
            async with dialogue(port) as moto:
                told = json.loads(await _body(moto, _signed(service, port)))
        except (SilenceError, TimeoutError, ValueError):
            return []
        return [*(Queue(**one) for one in told["queues"]), *(Rule(**one) for one in told["rules"])]


def _key(service: Service) -> tuple[str, str]:
    """Return the key that is accepted, and its secret."""
    own = service.environment
    return own.get("AWS_ACCESS_KEY_ID", "test"), own.get("AWS_SECRET_ACCESS_KEY", "test")


def _signed(service: Service, port: int) -> bytes:
    """Return a signed request for what a board shows. botocore takes a while to import, once."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest("GET", f"http://127.0.0.1:{port}{PATH}", headers={"Host": f"127.0.0.1:{port}"})
    SigV4Auth(Credentials(*_key(service)), "events", "eu-central-1").add_auth(request)
    headers = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return f"GET {PATH} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode()


async def _body(moto: Dialogue, question: bytes) -> bytes:
    """Return the one line of an answer's body. Raises ValueError for an answer that is no 200."""
    status, *_ = await moto.ask(question)
    if status.split()[1:2] != [b"200"]:
        raise ValueError(status)
    while await moto.answers.receive_until(b"\r\n", LONGEST_LINE):
        pass
    return await moto.answers.receive_until(b"\r\n", LONGEST_BODY)
