"""One service of a Compose file: its keys, read one by one into the model's Service.

Supported images are those whose program comes with the kit; whatever has ``build`` runs its ``command``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from capsize.stack import command_line, ignored, images
from capsize.stack.build import Build
from capsize.stack.depends_on import depends_on
from capsize.stack.deploy import RESTARTS, deploy, memory, processors
from capsize.stack.dockerfile import DOCKERFILE, completed
from capsize.stack.env_file import env_files
from capsize.stack.environment import environment, port
from capsize.stack.healthcheck import healthcheck
from capsize.stack.model import Limits, Restart, Service, Volume
from capsize.stack.networks import aliases
from capsize.stack.ports import exposed, ports
from capsize.stack.refusal import one_of, shorten
from capsize.stack.secrets import filled_in, mounted
from capsize.stack.value import Value
from capsize.stack.volumes import volumes

SUPPORTED = f"{images.SUPPORTED}; for a service of your own, build"
KEYS = (
    "image", "build", "command", "entrypoint", "environment", "env_file", "ports", "expose", "depends_on",
    "healthcheck", "deploy", "scale", "cpus", "mem_limit", "pids_limit", "stop_grace_period", "stop_signal", "restart",
    "volumes", "secrets", "working_dir", "network_mode", "networks", "links", "container_name", "profiles",
)  # fmt: skip
SIGNALS = ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGKILL")
MOST_REPLICAS = 64
NO_WORDS: tuple[str, ...] = ()
NO_VOLUMES: tuple[Volume, ...] = ()
NO_VARIABLES: Mapping[str, str] = {}
T = TypeVar("T")


@dataclass(frozen=True)
class Declared:
    """What the file declares beside its services: volumes, with True for one in memory, and the files of secrets."""

    volumes: Mapping[str, bool]
    secrets: Mapping[str, Path]


def service(name: str, value: Value, *, file: Path, declared: Declared, dockerfiles: bool = False) -> Service:
    """Read one service; relative folders start beside ``file``. What is refused is taken in by the value's findings.

    With ``dockerfiles`` one that is built is what its Dockerfile says where this file says nothing.
    """
    reader = _Reader(name, value, file, declared, dockerfiles)
    found = reader.read()
    return value.attempt(lambda _: completed(found, is_whole="entrypoint" in reader.keys), found)


class _Reader:
    def __init__(self, name: str, value: Value, file: Path, declared: Declared, dockerfiles: bool) -> None:
        self.name, self.value, self.declared, self.dockerfiles = name, value, declared, dockerfiles
        known = (*KEYS, *ignored.IGNORED, *ignored.NOT_ENFORCED)
        self.keys = value.entries(known, free="x-", elsewhere=ignored.REFUSED)
        self.folder = Path(os.path.abspath(file)).parent  # noqa: PTH100 - resolve() would follow links that Docker keeps

    def read(self) -> Service:
        ignored.note(self.keys)
        image = self.value.attempt(lambda _: self.image(), None)
        mounts = (*self.key("volumes", self.volumes, NO_VOLUMES), *self.key("secrets", self.secrets, NO_VOLUMES))
        return Service(
            name=self.name,
            place=self.value.place,
            image=image,
            command=self.value.attempt(lambda _: self.command(), ()),
            build=self.key("build", self.build, None) if self.dockerfiles else None,
            environment=self.value.attempt(lambda _: self.environment(image, mounts), {}),
            ports=self.key("ports", ports, ()),
            depends_on={**self.key("links", _links, {}), **self.key("depends_on", depends_on, {})},
            readiness=self.key("healthcheck", healthcheck, None),
            stop_grace_period=self.key("stop_grace_period", lambda value: value.seconds(zero=True), 10.0),
            stop_signal=self.key("stop_signal", lambda value: value.word(SIGNALS), "SIGTERM"),
            volumes=mounts,
            network_of=self.key("network_mode", _network_of, None),
            container_port=self.key("expose", exposed, None),
            working_dir=self.key("working_dir", _working_dir, None),
            aliases=(*self.key("container_name", _container_name, NO_WORDS), *self.key("networks", aliases, NO_WORDS)),
            **self.deploy(),
        )

    def key(self, name: str, read: Callable[[Value], T], default: T) -> T:
        """Read one key if it is there; where it is refused, that is taken in."""
        return self.keys[name].attempt(read, default) if name in self.keys else default

    def volumes(self, value: Value) -> tuple[Volume, ...]:
        return volumes(value, folder=self.folder, named=self.declared.volumes)

    def secrets(self, value: Value) -> tuple[Volume, ...]:
        return mounted(value, self.declared.secrets)

    def build(self, value: Value) -> Build | None:
        return _build(value, self.folder)

    def image(self) -> str | None:
        if "build" in self.keys:
            self.key("build", self.build, None)
            return None
        if "image" not in self.keys:
            raise self.value.refuse("neither image nor build is there", expected=f"image: {SUPPORTED}", got="neither")
        return _image(self.keys["image"])

    def command(self) -> tuple[str, ...]:
        """Return the entrypoint's words and the command's."""
        is_ours = "build" in self.keys
        if "entrypoint" in self.keys and not is_ours:
            raise self.keys["entrypoint"].refuse("an image of the kit starts its own program", expected="command alone")
        words = (*self.key("entrypoint", _words, NO_WORDS), *self.key("command", _words, NO_WORDS))
        is_said = {"command", "entrypoint"} & self.keys.keys() or self.dockerfiles
        if not words and is_ours and not is_said:
            expected = 'command: ["python", "-m", …]: without Docker there is no image to take one from'
            raise self.value.refuse("command is missing", expected=expected, got="build without command")
        return words

    def environment(self, image: str | None, mounts: tuple[Volume, ...]) -> dict[str, str]:
        files = self.key("env_file", lambda value: env_files(value, self.folder), NO_VARIABLES)
        found = {**files, **self.key("environment", environment, NO_VARIABLES)}
        place = self.keys.get("environment", self.keys.get("env_file", self.value))
        place.attempt(lambda value: port(value, found), None)
        return filled_in(place, found, mounts) if image else found

    def deploy(self) -> dict[str, Any]:
        """Return replicas, limits and the restart policy, of ``deploy`` or of the keys that say the same."""
        found: dict[str, Any] = self.key("deploy", deploy, {})
        limits: Limits = found.get("limits", Limits())
        limits = replace(
            limits,
            cpus=self.key("cpus", processors, limits.cpus),
            memory=self.key("mem_limit", memory, limits.memory),
            processes=self.key("pids_limit", lambda value: value.whole(1, 1 << 22), limits.processes),
        )
        replicas = self.key("scale", lambda value: value.whole(0, MOST_REPLICAS), found.get("replicas", 1))
        policy = self.key("restart", _restart, found.get("restart", Restart()))
        return {"replicas": replicas, "limits": limits, "restart": policy}


def _image(value: Value) -> str:
    text = value.text(SUPPORTED)
    if images.repository(text) is None:
        raise value.refuse("this image does not run without Docker", expected=SUPPORTED, got=shorten(text))
    if other := images.differs(text):
        value.note(f"{text} is {other} as a process")
    return text


def _build(value: Value, folder: Path) -> Build:
    """Read what an image is built from; a relative context starts at ``folder``, a Dockerfile at the context."""
    if value.is_text:
        context = folder / value.text("a folder, or context and dockerfile")
        return Build(context, context / DOCKERFILE)
    keys = value.entries(ignored.BUILD, free="x-")
    said = keys.keys() & {"context", "dockerfile", "target"}
    texts = {name: keys[name].attempt(lambda one: one.text(), "") for name in said}
    args = environment(keys["args"]) if "args" in keys else {}
    context = folder / texts.get("context", ".")
    return Build(context, context / texts.get("dockerfile", DOCKERFILE), texts.get("target", ""), args)


def _words(value: Value) -> tuple[str, ...]:
    expected = 'a list of words, or a line such as "python -m shop.serve"'
    if value.is_nothing:
        raise value.refuse("this must be a text", expected=expected)
    try:
        words = value.each(Value.text) if value.is_list else tuple(command_line.split(value.text(expected)))
    except ValueError as error:
        raise value.refuse(f"this line cannot be split: {error}", expected=expected) from error
    if not words or not words[0]:
        raise value.refuse("this command runs nothing", expected=expected)
    return words


def _restart(value: Value) -> Restart:
    policy, colon, attempts = value.text("no, always, unless-stopped, on-failure or on-failure:3").partition(":")
    if policy not in RESTARTS or (colon and (policy != "on-failure" or not re.fullmatch("[1-9][0-9]{0,3}", attempts))):
        raise value.refuse("this policy is not known", expected=f"{one_of(policy, RESTARTS)}; on-failure:3 limits it")
    return replace(RESTARTS[policy], attempts=int(attempts) if colon else None)


def _network_of(value: Value) -> str | None:
    expected = '"service:name", to be a sidecar of that service'
    kind, _, name = value.text(expected).partition(":")
    if kind != "service" or not name:
        raise value.refuse("this network is not supported", expected=expected)
    return name


def _links(value: Value) -> dict[str, Any]:
    names = value.each(lambda item: item.text("the name of a service"))
    for name in names:
        if ":" in name:
            raise value.refuse("a link under another name is not supported", expected=name.partition(":")[0], got=name)
    value.note("links are read as depends_on")
    return dict.fromkeys(names, "service_started")


def _container_name(value: Value) -> tuple[str, ...]:
    name = value.text("a name")
    value.note("ignored: container_name, except as a name to call the service by")
    return (name,)


def _working_dir(value: Value) -> str:
    text = value.text("a path that starts with /")
    if not text.startswith("/"):
        raise value.refuse("this must be a whole path", expected="a path that starts with /")
    return os.path.normpath(text)
