"""The port at which a command's server listens, where the command says it: ``uvicorn app:app --port 8000``.

In a container every service has a port 8000 of its own. On one machine it has not, so the runtime puts the instance's
own port in its place. A program that has its port in its code is not seen here: it has to read $PORT.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

SHELLS = ("sh", "bash", "dash", "ash")
BEFORE = ("-m", "run", "exec", "&&", "||", ";", "--", "opentelemetry-instrument", "ddtrace-run", "tini", "dumb-init")
ENDS = ("&&", "||", ";", "|", "&")
WORDS = re.compile(r"\s+|;|[^\s;]+")
BIND = re.compile(r"(?:[\w.*-]*|\[[0-9a-fA-F:]*\]):(?P<port>\d{1,5})")
RUNSERVER = re.compile(r"(?:(?:[\w.*-]*|\[[0-9a-fA-F:]*\]):)?(?P<port>\d{1,5})")


@dataclass(frozen=True)
class Server:
    """A program that listens: its options, the port that it has by default, and the variable that says another.

    ``bind`` options take HOST:PORT. ``verbs`` are the words before its options, as in ``flask run``. One that listens
    ``everywhere`` by default is told its host too.
    """

    default: int = 8000
    port: tuple[str, ...] = ("--port",)
    host: tuple[str, ...] = ("--host",)
    bind: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    variable: str = ""
    everywhere: bool = False

    def address(self, host: str, port: int, *, hosted: bool) -> tuple[str, ...]:
        """Return the options that say an address; ``hosted``: the host is said already."""
        if self.bind:
            return self.bind[0], f"{host}:{port}"
        return self.port[0], str(port), *((self.host[0], host) if self.everywhere and not hosted else ())

    def replaced(self, option: str, value: str, host: str, port: int) -> tuple[str, int | None]:
        """Return an option's new value, and the port that was in the old one; what is no number stays."""
        if option in self.bind:
            found = BIND.fullmatch(value)
            return (f"{host}:{port}", int(found["port"])) if found else (value, None)
        if option in self.port:
            return (str(port), int(value)) if value.isdecimal() else (value, None)
        return host, None


SERVERS: Mapping[str, Server] = {
    "uvicorn": Server(variable="UVICORN_PORT"),
    "fastapi": Server(verbs=("run", "dev"), everywhere=True),
    "granian": Server(variable="GRANIAN_PORT"),
    "flask": Server(5000, ("--port", "-p"), ("--host", "-h"), verbs=("run",), variable="FLASK_RUN_PORT"),
    "daphne": Server(8000, ("--port", "-p"), ("--bind", "-b")),
    "gunicorn": Server(8000, (), (), ("--bind", "-b"), variable="PORT"),
    "hypercorn": Server(8000, (), (), ("--bind", "-b")),
    "waitress-serve": Server(8080, everywhere=True),
    "streamlit": Server(8501, ("--server.port",), ("--server.address",), verbs=("run",), everywhere=True),
}
DJANGO, PLAIN = "runserver", "http.server"


def port(command: Sequence[str], environment: Mapping[str, str] = {}) -> int | None:
    """Return the port at which a command's server listens; None where it has none that is known, or a variable."""
    return _rewritten(command, environment, "", 0)[0]


def listening_at(command: Sequence[str], host: str, number: int) -> tuple[str, ...]:
    """Return the command with its server at another address."""
    return _rewritten(command, {}, host, number)[1]


def _rewritten(
    command: Sequence[str], environment: Mapping[str, str], host: str, number: int
) -> tuple[int | None, tuple[str, ...]]:
    words = tuple(command)
    if len(words) == 3 and PurePosixPath(words[0]).name in SHELLS and re.fullmatch("-[el]*c", words[1]):
        line = _Words(WORDS.findall(words[2]), environment, host, number, " ")
        return line.rewrite(), (*words[:2], "".join(line.words))
    line = _Words(list(words), environment, host, number)
    return line.rewrite(), tuple(line.words)


@dataclass
class _Words:
    """The words of a command, changed in place; those of a shell's line with the blanks between them."""

    words: list[str]
    environment: Mapping[str, str]
    host: str
    number: int
    blank: str = ""

    def rewrite(self) -> int | None:
        """Give the line's first server the address; return the port that it had."""
        spoken = [at for at, word in enumerate(self.words) if word.strip()]
        for place, at in enumerate(spoken):
            before = self.words[spoken[place - 1]] if place else ""
            end = next((one for one in spoken[place:] if self.words[one] in ENDS), len(self.words))
            scope = [at, *(one for one in spoken[place + 1 :] if one < end)]
            name = PurePosixPath(self.words[at]).name
            if name == DJANGO and PurePosixPath(before).name in ("manage.py", "django-admin"):
                return self._runserver(scope)
            if name == PLAIN and before == "-m":
                return self._http_server(scope)
            if name in SERVERS and (not before or before in BEFORE):
                return self._server(scope, SERVERS[name])
        return None

    def _server(self, scope: list[int], server: Server) -> int | None:
        ports, hosted = self._options(scope, server)
        if ports:
            return next((port for port in ports if port is not None), None)
        verbs = [at for at in scope[1:2] if self.words[at] in server.verbs]
        self._insert(max([scope[0], *verbs]), *server.address(self.host, self.number, hosted=hosted))
        said = self.environment.get(server.variable, "")
        return int(said) if said.isdecimal() else server.default

    def _options(self, scope: list[int], server: Server) -> tuple[list[int | None], bool]:
        """Replace the values of the server's options; return the ports that they had, and whether a host was said."""
        ports, hosted = list[int | None](), False
        for at, following in zip(scope, [*scope[1:], None], strict=True):
            option, equals, value = self.words[at].partition("=")
            if option not in (*server.port, *server.host, *server.bind) or (not equals and following is None):
                continue
            new, number = server.replaced(
                option, value if equals else self.words[following or 0], self.host, self.number
            )
            self.words[at if equals else following or 0] = f"{option}={new}" if equals else new
            hosted = hosted or option in server.host
            ports += [] if option in server.host else [number]
        return ports, hosted

    def _runserver(self, scope: list[int]) -> int:
        """Rewrite Django's ``runserver [[host:]port]``."""
        for at in scope[1:]:
            if found := RUNSERVER.fullmatch(self.words[at]):
                self.words[at] = f"{self.host}:{self.number}"
                return int(found["port"])
        self._insert(scope[0], f"{self.host}:{self.number}")
        return 8000

    def _http_server(self, scope: list[int]) -> int | None:
        """Rewrite Python's ``http.server [port] [--bind host]``."""
        server = Server(8000, (), ("--bind", "-b"), everywhere=True)
        _, hosted = self._options(scope, server)
        found = next((at for at in scope[1:] if self.words[at].isdecimal()), None)
        had = int(self.words[found]) if found else server.default
        if found:
            self.words[found] = str(self.number)
        self._insert(scope[0], *(() if found else (str(self.number),)), *(() if hosted else ("--bind", self.host)))
        return had

    def _insert(self, at: int, *words: str) -> None:
        parts = [part for word in words for part in (self.blank, word) if part]
        self.words[at + 1 : at + 1] = parts
