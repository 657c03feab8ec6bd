"""What an instance sees: its environment, with each address of another service replaced by the wire to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from capsize.errors import CapsizeError
from capsize.runtime.ports import LOOPBACK
from capsize.stack import images, own_ports, paths, server_ports
from capsize.stack.addresses import Call
from capsize.stack.model import HERE, INSTANCE, OUTSIDE, Port, Service, Stack, Volume
from capsize.stack.paths import is_route

CODE = "/code"  # where the image has its working directory
PYTHON = ("python", "python3")


@dataclass(frozen=True)
class Environment:
    """The addresses of the wires by (caller, what it calls, port), and the host folders of shared volumes by name.

    The ports of a ``pod`` are among the addresses, by (who calls, who listens, the port that the file says): who shares
    a network calls directly. ``wires_at`` is the name by which an instance calls the wires, ``listens`` the address at
    which a service listens, and ``inner`` says that a pod's ports are those of the file.
    """

    wires_at: ClassVar[str] = LOOPBACK
    listens: ClassVar[str] = LOOPBACK
    administration: ClassVar[int] = 0  # the port of a gateway's administration; 0 asks for one
    inner: ClassVar[bool] = False

    stack: Stack
    wires: Mapping[tuple[str, str, int], int]
    shared: Mapping[str, Path]
    pod: str = ""  # the name of the one that these are for, where several share it
    home: Path | None = None  # of the volumes that are its own, and go when it goes
    python: Path | None = None  # the interpreter of services that are no lab's; the kit's own where none is named

    def lay_out(self) -> None:
        """Make the folders that hold the files of ConfigMaps."""
        for volume in (volume for service in self.stack.services.values() for volume in service.volumes):
            if volume.files:
                self.shared[volume.source].mkdir(mode=0o700, exist_ok=True)
            for name, text in volume.files:
                (self.shared[volume.source] / name).write_text(text, encoding="utf-8")

    def environment(self, service: Service, instance: str, port: int, folder: Path) -> dict[str, str]:
        """Return the whole environment of an instance that listens on ``port`` and keeps files in ``folder``."""
        for volume in service.volumes:
            if volume.kind == "own":
                ((self.home or folder) / volume.source).mkdir(mode=0o700, exist_ok=True)
        own = self.variables(service, instance, folder)
        door = {} if self.stack.is_worker(service.name) else {"HOST": self.listens, "PORT": str(port)}
        return {**_plain(folder, self.python), "HOSTNAME": self.pod or instance, **own, **door}

    def variables(self, service: Service, instance: str, folder: Path | None = None) -> dict[str, str]:
        """Return the variables of the file as an instance sees them."""
        own = {
            name: self.rewrite(service, value, instance, folder, name) for name, value in service.environment.items()
        }
        for pair in self.stack.pairs(service):
            at = self.address(service, pair.host, pair.port) if pair.port_of else None
            if at and pair.port_of:
                own |= {pair.host_of: at[0], pair.port_of: str(at[1])}
        return own

    def command(self, service: Service, instance: str, port: int, folder: Path) -> tuple[str, ...]:
        """Return the words that start an instance, whose server listens on ``port``."""
        words = self.words(service, service.command, instance, folder)
        return words if service.image else self._by(server_ports.listening_at(words, self.listens, port))

    def _by(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Put the interpreter that was named in the place of ``python``."""
        return (str(self.python), *words[1:]) if self.python and words[0] in PYTHON else words

    def beside(
        self, service: Service, command: tuple[str, ...], instance: str, port: int, folder: Path
    ) -> tuple[str, ...]:
        """Return a command that runs beside the instance at ``port``: its pod's own ports are where they really are."""
        own = own_ports.own(service, self.stack.services)

        def find(asked: int) -> int | None:
            return self.door(service.name, HERE[0], asked) or (port if asked in own or not own else None)

        return self._by(self.words(service, own_ports.moved(command, find), instance, folder))

    def words(self, service: Service, words: tuple[str, ...], instance: str, folder: Path) -> tuple[str, ...]:
        """Return the words of a command as an instance is given them: an address may stand in two of them."""
        named = (word.replace(INSTANCE, self.pod or instance or service.name) for word in words)
        joined = "\0".join(self.path(service, word, folder) for word in named)
        return tuple(self._wired(service, joined).split("\0")) if words else ()

    def rewrite(
        self, service: Service, value: str, instance: str = "", folder: Path | None = None, name: str = ""
    ) -> str:
        """Replace addresses of services, paths of volumes and the instance's own name by those of this machine.

        A variable whose ``name`` says that it holds a path of URLs keeps its path.
        """
        value = value.replace(INSTANCE, self.pod or instance or service.name)
        return self._wired(service, value if is_route(name, value) else self.path(service, value, folder))

    def path(self, service: Service, value: str, folder: Path | None) -> str:
        """Write the paths of the file in a text as the instance sees them: a process sees the host's."""
        return paths.rewrite(value, {target: str(source) for target, source in self._mounts(service, folder).items()})

    def on_host(self, service: Service, value: str, folder: Path | None = None) -> str:
        """Find what the file calls ``value`` on this machine, if it is in a volume; the inner of two volumes wins."""
        for target, source in sorted(self._mounts(service, folder).items(), key=lambda one: -len(one[0])):
            if value == target or value.startswith(target + "/"):
                return str(source) + value[len(target) :]
        return value

    def _wired(self, service: Service, text: str) -> str:
        return self.stack.hosts.rewrite(text, lambda call: self._wire(service, call))

    def _wire(self, service: Service, call: Call) -> tuple[str, int] | None:
        if call.host in HERE and not call.scheme:
            door = self.door(service.name, call.host, call.port)
            return None if door is None else (LOOPBACK, call.port if self.inner else door)
        return self.address(service, call.host, call.port)

    def address(self, service: Service, host: str, port: int) -> tuple[str, int] | None:
        """Find where a service reaches what its file calls by a host and a port; None: where the file says."""
        if (door := self.door(service.name, host, port)) is not None:
            return LOOPBACK, port if self.inner else door
        called = self.stack.called(host, port)
        wire = self.wires.get((service.name, *called)) if called else self._published(host, port)
        return (self.wires_at if called else LOOPBACK, wire) if wire else None

    def door(self, name: str, host: str, port: int) -> int | None:
        """Find who of its pod a service means by an address, itself included: they have one localhost together."""
        if not self.pod or not self.stack.is_home(name, host):
            return None
        inside = ((name, one, port) for one in self.stack.pod(name))
        return next((self.wires[door] for door in inside if door in self.wires), None)

    def _published(self, host: str, port: int) -> int | None:
        """Find where the outside reaches what the file publishes at a port of the host."""
        if host not in HERE:  # the machine that publishes ports, as a browser on it calls it
            return None
        ports = [(service.name, one) for service in self.stack.services.values() for one in service.ports]
        return next((self._outside(name, one) for name, one in ports if one.host == port), None)

    def _outside(self, name: str, port: Port) -> int:
        door = port.group.name if port.group else self.stack.at(name, port.container)
        return self.wires[OUTSIDE, door, port.container]

    def cwd(self, service: Service, folder: Path) -> Path:
        """Return the working directory: the file's if a volume has it, what is mounted at /code, or its own folder."""
        mounts, said = self._mounts(service, folder), service.working_dir
        if said and (found := self.on_host(service, said, folder)) != said:
            return Path(found)
        return mounts.get(CODE, folder)

    def _mounts(self, service: Service, folder: Path | None) -> dict[str, Path]:
        found = ((volume.target.rstrip("/"), self.source(volume, folder)) for volume in service.volumes)
        return {target: source for target, source in found if source is not None}

    def source(self, volume: Volume, folder: Path | None) -> Path | None:
        """Find the host's folder of a volume; None for an instance's own where its ``folder`` is not said."""
        if volume.kind == "bind":
            return (self.stack.file.parent / volume.source).resolve()
        if volume.kind == "shared":
            return self.shared[volume.source]
        own = self.home or folder
        return own / volume.source if own else None


def _plain(folder: Path, python: Path | None) -> dict[str, str]:
    programs = (python or Path(sys.executable)).parent
    return {
        "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def refuse_dead_ends(stack: Stack) -> None:
    """Refuse an address whose port the called service does not listen on. Raise CapsizeError with the line."""
    for edge in stack.edges:
        listens = _known_port(stack.services[edge.callee])
        if listens and listens != edge.port:
            raise CapsizeError(
                f"{edge.caller} calls {edge.callee}:{edge.port}, where nothing listens",
                place=stack.services[edge.caller if edge.caller in stack.services else edge.callee].place,
                expected=f"port {listens}, where {edge.callee} listens",
                got=str(edge.port),
                next=f"correct the address, or the PORT of {edge.callee}",
            )


def _known_port(service: Service) -> int | None:
    """Return where a service listens if nothing but its file says so: by its PORT, or by an image without a command."""
    said = service.environment.get("PORT", "")
    return int(said) if said.isdecimal() else None if service.command else images.inside(service.image or "")
