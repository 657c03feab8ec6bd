"""An Envoy configuration as the stack has it, rewritten for this machine: ports, addresses, files, administration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from capsize.errors import CapsizeError
from capsize.runtime.environment import Environment
from capsize.stack import lines
from capsize.stack.model import HERE, Location, Service

Json = dict[str, Any]
COPIES, ORIGINALS = "watched", "watched.txt"
SOCKET = "admin.sock"  # of the administration, which asks for no password


@dataclass(frozen=True)
class _Translation:
    """Where things of the file are on this machine. ``files`` collects the watched ones: copy -> original."""

    file: Path
    service: Service
    around: Environment
    folder: Path
    files: dict[Path, Path]
    admin: Json  # the administration's address here
    inside: int | None = None  # the administration's port in the file, where it has one

    def of(self, node: Any) -> Any:
        """Translate a part of the file, and everything in it."""
        match node:
            case {"path_config_source": {"path": str(path)}, **rest}:
                return {**rest, "path_config_source": {"path": str(self._watched(path))}}
            case {"socket_address": {"address": str(host), "port_value": self.inside}} if host in HERE:
                return self.admin  # a cluster that leads to it, as for a page of metrics
            case {"socket_address": {"address": str(host), "port_value": int(port)}} if host in (
                *self.around.stack.services,
                *HERE,
            ):
                return _address(*self._reach(host, port))
            case dict():
                return {key: self.of(value) for key, value in node.items()}
            case list():
                return [self.of(value) for value in node]
            case str():
                return self.around.rewrite(self.service, node)
        return node

    def _reach(self, host: str, port: int) -> tuple[str, int]:
        at = self.around.address(self.service, host, port)
        is_strange = host in self.around.stack.services and self.around.door(self.service.name, host, port) is None
        if at is None and is_strange:
            raise CapsizeError(
                f"{self.service.name} calls {host}:{port}, but no variable of its environment names that address",
                place=Location(self.file, _line_with(self.file, f"address: {host}")),
                expected=f"{host.upper().replace('-', '_')}_URL: http://{host}:{port} in the environment, for the wire",
            )
        return at or (host, port)

    def listener(self, inside: int | None, port: int) -> Json:
        """Say where a listener stands: the one of the service's PORT at ``port``, others where the pod has them."""
        if inside == self.service.listens or not self.around.pod:
            return _address(self.around.listens, port)
        assert inside is not None, "a listener of a pod's Envoy has a port"
        door = self.around.door(self.service.name, HERE[0], inside)
        return _address(self.around.listens, inside if self.around.inner else door or inside)

    def _watched(self, path: str) -> Path:
        original = Path(self.around.on_host(self.service, path))
        if not original.is_file():
            raise CapsizeError(
                f"there is no {original.name}", place=original, expected=f"the file that is {path} inside"
            )
        copy = self.folder / COPIES / original.name
        self.files[copy] = original
        return copy


def translate(
    file: Path, service: Service, around: Environment, folder: Path, port: int
) -> tuple[Json, Mapping[Path, Path]]:
    """Return the configuration of a gateway on ``port``, and its watched files: each copy with its original.

    Raise CapsizeError with the line for what cannot run here.
    """
    (folder / COPIES).mkdir(mode=0o700, exist_ok=True)
    config = _read(file)
    socket = {"pipe": {"path": str(folder / SOCKET), "mode": 0o600}}
    admin = _address(around.listens, around.administration) if around.administration else socket
    told = _Translation(file, service, around, folder, {}, admin, _port(config.pop("admin", {})))
    at = [told.listener(inside, port) for inside in _of_listeners(config, file, service, around)]
    config = told.of(config)
    for listener, address in zip(_listeners(config), at, strict=True):
        listener["address"] = address
    config["admin"] = {"address": admin}
    config.setdefault("node", {"id": service.name, "cluster": service.name})
    lines = (f"{copy}\t{original}\n" for copy, original in told.files.items())
    (folder / ORIGINALS).write_text("".join(lines), encoding="utf-8")
    return config, told.files


def watched(folder: Path) -> dict[Path, Path]:
    """Read back which copies in an instance's folder stand for which files."""
    pairs = (line.split("\t") for line in (folder / ORIGINALS).read_text(encoding="utf-8").splitlines())
    return {Path(copy): Path(original) for copy, original in pairs}


def managers(node: Any) -> Iterator[Json]:
    """Find every HTTP connection manager that takes its routes from a watched file."""
    if isinstance(node, dict):
        if "rds" in node:
            yield node
        for value in node.values():
            yield from managers(value)
    elif isinstance(node, list):
        for value in node:
            yield from managers(value)


def _read(file: Path) -> Json:
    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CapsizeError("this is not a configuration for Envoy", place=file, got=str(error)) from error
    except yaml.YAMLError:
        lines.load(file)  # it says at which line, and in our words
        raise
    if not isinstance(config, dict):
        raise CapsizeError("this is not a configuration for Envoy", place=file, expected="static_resources: and so on")
    return config


def doors(file: Path) -> tuple[int, ...]:
    """Return the ports of the listeners in a file."""
    return tuple(port for listener in _listeners(_read(file)) if (port := _port(listener)))


def _listeners(config: Json) -> list[Json]:
    match config.get("static_resources"):
        case {"listeners": [*listeners]} if all(isinstance(one, dict) for one in listeners):
            return listeners
    return []


def _port(listener: Json) -> int | None:
    match listener.get("address"):
        case {"socket_address": {"port_value": int(port)}}:
            return port
    return None


def _address(host: str, port: int) -> Json:
    return {"socket_address": {"address": host, "port_value": port}}


def _of_listeners(config: Json, file: Path, service: Service, around: Environment) -> list[int | None]:
    """Return the port of each listener: one without a pod, and in a pod one at the PORT that the pod looks for."""
    found = [_port(listener) for listener in _listeners(config)]
    if around.pod and (service.listens not in found or None in found):
        raise CapsizeError(
            f"no listener on a port that {service.name}'s pod calls",
            place=Location(file, _line_with(file, f"port_value: {found[0]}" if found else "listeners")),
            expected=f"port_value: {service.listens}, the PORT in {service.place}",
            got=", ".join(str(port) for port in found) or "no listener",
        )
    if not around.pod and len(found) != 1:
        raise CapsizeError(
            "a gateway has one listener here", place=file, expected="static_resources: listeners: one of them"
        )
    return found


def _line_with(file: Path, words: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if words in line), 1)
