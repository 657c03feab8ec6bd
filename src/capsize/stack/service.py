"""One service of a Compose file: its keys, read one by one into the model's Service.

Supported images are those whose program comes with the kit; whatever has ``build`` runs its ``command``.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from capsize.stack import images
from capsize.stack.healthcheck import healthcheck
from capsize.stack.limits import limits
from capsize.stack.model import Condition, Limits, Restart, Service
from capsize.stack.ports import ports
from capsize.stack.refusal import one_of, shorten
from capsize.stack.value import Value
from capsize.stack.volumes import volumes

SUPPORTED = f"{images.SUPPORTED}; for a service of your own, build"
KEYS = (
    "image", "build", "command", "environment", "ports", "depends_on", "healthcheck", "deploy", "stop_grace_period",
    "stop_signal", "restart", "volumes", "network_mode",
)  # fmt: skip
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
SIGNALS = ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGKILL")
RESTARTS = {
    "no": Restart("no"),
    "always": Restart("always"),
    "unless-stopped": Restart("unless-stopped"),
    "on-failure": Restart("on-failure"),
}
MOST_REPLICAS = 64


def service(name: str, value: Value, *, file: Path, named: Mapping[str, bool]) -> Service:
    """Read one service. ``named`` are the volumes that the file declares, with True for one in memory.

    Relative folders start beside ``file``.
    """
    return _Reader(name, value, file, named).read()


class _Reader:
    def __init__(self, name: str, value: Value, file: Path, named: Mapping[str, bool]) -> None:
        self.name, self.value, self.named = name, value, named
        self.keys = value.entries(KEYS)
        self.folder = Path(os.path.abspath(file)).parent  # noqa: PTH100 - resolve() would follow links that Docker keeps

    def read(self) -> Service:
        keys, default = self.keys, Service(self.name, self.value.place)
        image = self.image()
        return Service(
            name=self.name,
            place=self.value.place,
            image=image,
            command=self.command(needed=image is None),
            environment=_environment(keys["environment"]) if "environment" in keys else {},
            ports=ports(keys["ports"]) if "ports" in keys else (),
            depends_on=_depends_on(keys["depends_on"]) if "depends_on" in keys else {},
            readiness=healthcheck(keys["healthcheck"]) if "healthcheck" in keys else None,
            **(_deploy(keys["deploy"]) if "deploy" in keys else {}),
            stop_grace_period=self.seconds("stop_grace_period", default.stop_grace_period),
            stop_signal=keys["stop_signal"].word(SIGNALS) if "stop_signal" in keys else default.stop_signal,
            restart=_restart(keys["restart"]) if "restart" in keys else Restart(),
            volumes=volumes(keys["volumes"], folder=self.folder, named=self.named) if "volumes" in keys else (),
            network_of=_network_of(keys["network_mode"]) if "network_mode" in keys else None,
        )

    def seconds(self, key: str, default: float) -> float:
        return self.keys[key].seconds(zero=True) if key in self.keys else default

    def image(self) -> str | None:
        if "build" in self.keys:
            _build(self.keys["build"])
            return None
        if "image" not in self.keys:
            raise self.value.refuse("neither image nor build is there", expected=f"image: {SUPPORTED}", got="neither")
        return _image(self.keys["image"])

    def command(self, *, needed: bool) -> tuple[str, ...]:
        if "command" in self.keys:
            return _words(self.keys["command"])
        if needed:
            expected = 'command: ["python", "-m", …]: without Docker there is no image to take one from'
            raise self.value.refuse("command is missing", expected=expected, got="build without command")
        return ()


def _image(value: Value) -> str:
    text = value.text(SUPPORTED)
    if images.repository(text) is None:
        raise value.refuse("this image does not run without Docker", expected=SUPPORTED, got=shorten(text))
    return text


def _build(value: Value) -> None:
    if value.is_text:
        value.text("a folder, or context and dockerfile")
        return
    keys = value.entries(("context", "dockerfile", "args", "target"))
    for name in keys.keys() - {"args"}:
        keys[name].text()
    if "args" in keys:
        _environment(keys["args"])


def _words(value: Value) -> tuple[str, ...]:
    expected = 'a list of words, or a line such as "python -m shop.serve"'
    try:
        words = [item.text() for item in value.items()] if value.is_list else shlex.split(value.text(expected))
    except ValueError as error:
        raise value.refuse(f"this line cannot be split: {error}", expected=expected) from error
    if not words or not words[0]:
        raise value.refuse("this command runs nothing", expected=expected)
    return tuple(words)


def _environment(value: Value) -> dict[str, str]:
    if not value.is_list:
        return {_variable(item, name): _setting(item, name) for name, item in value.entries().items()}
    found: dict[str, str] = {}
    for item in value.items():
        name, equals, text = item.text("NAME=value").partition("=")
        if not equals or name in found:
            words = "this name is given twice" if equals else "this variable has no value"
            raise item.refuse(words, expected=f"{name or 'NAME'}=value, once")
        found[_variable(item, name)] = text
    return found


def _setting(value: Value, name: str) -> str:
    return value.text(f'{name}: value; "" for an empty one, ${{{name}}} for that of your shell')


def _variable(value: Value, name: str) -> str:
    if not name or "=" in name or not name.isprintable():
        raise value.refuse("this cannot name a variable", expected="NAME: value", got=shorten(name))
    return name


def _depends_on(value: Value) -> dict[str, Condition]:
    if not value.is_list:
        return {name: _condition(item) for name, item in value.entries().items()}
    found: dict[str, Condition] = {}
    for item in value.items():
        name = item.text("the name of a service")
        if name in found:
            raise item.refuse("this service is given twice", expected="each service once")
        found[name] = "service_started"
    return found


def _condition(value: Value) -> Condition:
    keys = value.entries(("condition",))
    if "condition" not in keys:
        raise value.refuse("condition is missing", expected=one_of("", CONDITIONS))
    return cast(Condition, keys["condition"].word(CONDITIONS))


def _deploy(value: Value) -> dict[str, Any]:
    keys = value.entries(("replicas", "resources"))
    return {
        "replicas": keys["replicas"].whole(0, MOST_REPLICAS) if "replicas" in keys else 1,
        "limits": limits(keys["resources"]) if "resources" in keys else Limits(),
    }


def _restart(value: Value) -> Restart:
    policy, colon, attempts = value.text(
        '"no" (in quotes), always, unless-stopped, on-failure or on-failure:3'
    ).partition(":")
    if policy not in RESTARTS or (colon and (policy != "on-failure" or not re.fullmatch("[1-9][0-9]{0,3}", attempts))):
        raise value.refuse("this policy is not known", expected=f"{one_of(policy, RESTARTS)}; on-failure:3 limits it")
    return replace(RESTARTS[policy], attempts=int(attempts) if colon else None)


def _network_of(value: Value) -> str:
    expected = '"service:name", to be a sidecar of that service'
    kind, _, name = value.text(expected).partition(":")
    if kind != "service" or not name:
        raise value.refuse("this network is not supported", expected=expected)
    return name
