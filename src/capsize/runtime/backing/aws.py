"""The AWS APIs: moto's services in a process of our own that also checks signatures (see ``aws_server``)."""

from __future__ import annotations

from pathlib import Path

from capsize.runtime.backing import start
from capsize.runtime.backing.dialogue import SilenceError, dialogue
from capsize.runtime.backing.interface import Backing
from capsize.runtime.program import Program
from capsize.stack.model import Service

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
