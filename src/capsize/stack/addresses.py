"""Addresses in a text: with a scheme, as host:port, or as a host and a port that stand apart (``-h db -p 5432``).

Which hosts there are is for the caller to say: a word is an address without a scheme only if it names one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from capsize.stack import images

DEFAULT_PORTS = {"http": 80, "ws": 80, "grpc": 80, "h2c": 80, "https": 443, "wss": 443, **images.DEFAULT_PORTS}
SCHEMED = (
    r"(?<![a-z0-9+.-])(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^/@\s,\0]*@)?(?P<host>[a-z0-9][a-z0-9._-]*)"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
URL = re.compile(SCHEMED)
BARE = r"(?:(?<![\w./$%-])|(?<=//))(?P<bare>{}):(?P<number>[0-9]{{1,5}})(?![\w.-])"
GAPS = re.compile(r"[\s\0;&?,\"'()\[\]|<>]+")
SIDES = "hostname|hostaddr|host|server|address|addr|endpoint|broker|node|upstream|peer"
HOST_NAME = re.compile(rf"(?P<before>.*?)(?P<side>{SIDES})s?(?P<after>[_-].*)?", re.IGNORECASE)
# a name of hosts, but not of one that is called
LISTS = re.compile(r"allow|trust|origin|cors|virtual|except|no_proxy|(^|_)name", re.IGNORECASE)
OPTION = re.compile(r"--?[\w.-]+")
SHORT = {"-h": "-p", "-H": "-P"}
To = Callable[["Call"], tuple[str, int] | None]


@dataclass(frozen=True)
class Call:
    """Whom a text calls. ``edits`` say where the text says so: (start, end, a form of ``{host}`` and ``{port}``).

    Port 0: the text names no port. What is not ``sure`` is a call only if the host listens on that port.
    """

    scheme: str
    host: str
    port: int
    edits: tuple[tuple[int, int, str], ...]
    is_sure: bool = True


class Hosts:
    """The ``names`` by which services call each other, and those by which each calls its own network (``here``)."""

    def __init__(self, names: Iterable[str], here: Iterable[str] = ()) -> None:
        self.names = frozenset(names)
        known = "|".join(re.escape(name) for name in sorted({*self.names, *here}, key=len, reverse=True)) or "(?!)"
        self.pattern = re.compile(f"{SCHEMED}|{BARE.format(known)}")

    def calls(self, text: str) -> tuple[Call, ...]:
        """Find all addresses in a text; of a list of words, joined by NUL, too."""
        whole = tuple(self._whole(text))
        if not any(name in text for name in self.names):
            return whole
        taken = [(start, end) for call in whole for start, end, _ in call.edits]
        return whole + tuple(call for call in self._apart(text) if not _overlaps(call, taken))

    def rewrite(self, text: str, to: To) -> str:
        """Put another address where ``to`` knows one."""
        edits = [(*edit, at) for call in self.calls(text) if (at := to(call)) for edit in call.edits]
        for start, end, form, (host, port) in sorted(edits, reverse=True):
            text = text[:start] + form.format(host=host, port=port) + text[end:]
        return text

    def _whole(self, text: str) -> Iterator[Call]:
        for found in self.pattern.finditer(text):
            host, port = found["host"] or found["bare"], found["port"] or found["number"]
            scheme = found["scheme"] or ""
            default = DEFAULT_PORTS.get(scheme.split("+")[0], 0)
            start = found.start("host") if found["host"] else found.start("bare")
            yield Call(scheme, host, int(port or default), ((start, found.end(), "{host}:{port}"),))

    def _apart(self, text: str) -> Iterator[Call]:
        words = _words(text)
        for at, word in enumerate(words):
            if word.text not in self.names:
                continue
            after = words[at + 1] if at + 1 < len(words) else None
            if side := port_name(word.option):
                port = next((one for one in words if one.option == side and one.text.isdecimal()), None)
                yield _pair(word, port, text)
            elif not word.is_named and after and after.text.isdecimal() and not after.option:
                yield replace(_pair(word, after, text), is_sure=False)


@dataclass(frozen=True)
class _Word:
    """A word of a text, where it stands, and the option or the name that it is the value of."""

    text: str
    start: int
    end: int
    option: str = ""
    is_named: bool = False  # as in host=db


def _words(text: str) -> list[_Word]:
    found: list[_Word] = []
    start = 0
    for gap in [*GAPS.finditer(text), None]:
        end = gap.start() if gap else len(text)
        name, equals, value = text[start:end].partition("=")
        before = found[-1] if found else None
        if equals:
            found.append(_Word(value, end - len(value), end, name, True))
        elif before and not before.option and OPTION.fullmatch(before.text) and not name.startswith("-"):
            found.append(_Word(name, start, end, before.text))
        elif name:
            found.append(_Word(name, start, end))
        start = gap.end() if gap else end
    return found


def _pair(host: _Word, port: _Word | None, text: str) -> Call:
    if port:
        edits = (host.start, host.end, "{host}"), (port.start, port.end, "{port}")
        return Call("", host.text, int(port.text[:6]), edits)
    is_libpq = re.search(r"(^|\s)(user|dbname|password)=", text) is not None
    if is_libpq and host.option == "host":
        return Call(
            "postgresql", host.text, DEFAULT_PORTS["postgresql"], ((host.start, host.end, "{host} port={port}"),)
        )
    return Call("", host.text, 0, ((host.start, host.end, "{host}"),))


def _overlaps(call: Call, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < end_of and start_of < end for start, end, _ in call.edits for start_of, end_of in taken)


def port_name(name: str) -> str | None:
    """Return what says the port where ``name`` says the host: DB_PORT beside DB_HOST; None where it says no host."""
    if name in SHORT:
        return SHORT[name]
    found = HOST_NAME.fullmatch(name)
    if not found or LISTS.search(name):
        return None
    side = "PORT" if found["side"].isupper() else "Port" if found["side"].istitle() else "port"
    return f"{found['before']}{side}{found['after'] or ''}"


@dataclass(frozen=True)
class Pair:
    """Two variables that say together whom a service calls; without ``port_of`` nothing says the port."""

    host_of: str
    port_of: str | None
    host: str
    port: int


def pairs(environment: Mapping[str, str], names: Iterable[str]) -> Iterator[Pair]:
    """Yield the variables that name a host alone, each with the variable that names its port."""
    known = frozenset(names)
    for name, value in environment.items():
        side = port_name(name) if value in known else None
        if side is not None and name != "HOSTNAME":
            number = environment.get(side, "")
            has_port = number.isdecimal() and name != "HOST"
            yield Pair(name, side if has_port else None, value, int(number[:6]) if has_port else 0)


def urls(value: str) -> Iterator[tuple[str, str, int]]:
    """Yield (scheme, host, port) of every URL in a text, with the scheme's port where none is given."""
    for found in URL.finditer(value):
        scheme = found["scheme"]
        yield scheme, found["host"], int(found["port"] or DEFAULT_PORTS.get(scheme.split("+")[0], 0))
