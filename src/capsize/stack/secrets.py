"""``secrets`` of a Compose file: files of the host that a service finds under /run/secrets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from capsize.stack.model import Volume
from capsize.stack.refusal import one_of, shorten
from capsize.stack.value import Value

FOLDER = "/run/secrets"
LARGEST = 64 * 1024


def declared(value: Value, folder: Path) -> dict[str, Path]:
    """Read the secrets that a file declares: each name, and its file."""
    found = {name: each.attempt(lambda one: _file(one, folder), Path()) for name, each in value.entries().items()}
    return dict(found)


def _file(value: Value, folder: Path) -> Path:
    keys = value.entries(("file", "name"), elsewhere=("external", "environment", "labels", "driver", "driver_opts"))
    if "file" not in keys:
        raise value.refuse("file is missing", expected="file: ./password.txt; no other source of a secret is read")
    return Path(os.path.abspath(folder / keys["file"].text("a path")))  # noqa: PTH100 - must not touch the disk


def mounted(value: Value, known: Mapping[str, Path]) -> tuple[Volume, ...]:
    """Read a service's secrets as read-only mounts of their files."""
    return value.each(lambda item: _mount(item, known), "a list of the names of secrets")


def _mount(item: Value, known: Mapping[str, Path]) -> Volume:
    keys = {} if item.is_text else item.entries(("source", "target", "uid", "gid", "mode"))
    if not item.is_text and "source" not in keys:
        raise item.refuse("source is missing", expected="source: the name of a secret")
    name = keys.get("source", item).text("the name of a secret")
    if name not in known:
        words = f"the secret {shorten(name)} is not declared"
        raise item.refuse(words, expected=one_of(name, known) if known else "it under the file's own secrets:")
    target = keys["target"].text("a path") if "target" in keys else name
    return Volume(
        "bind", str(known[name]), os.path.normpath(f"{FOLDER}/{target}" if target[:1] != "/" else target), True
    )


def filled_in(value: Value, environment: Mapping[str, str], volumes: Iterable[Volume]) -> dict[str, str]:
    """Put the text of a secret where a backing service's variable names its file: POSTGRES_PASSWORD_FILE."""
    files = {volume.target: Path(volume.source) for volume in volumes}
    found: dict[str, str] = {}
    for name, text in environment.items():
        own = name.removesuffix("_FILE")
        if own == name or not own.startswith("POSTGRES_"):
            found[name] = text
        elif text in files:
            found[own] = _text(value, name, files[text])
        else:
            raise value.refuse(f"{name} names a file that is not mounted", expected=f"a secret at {text}", got=text)
    return found


def _text(value: Value, name: str, file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(LARGEST).rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise value.refuse(
            f"{name}: cannot read {file.name}", expected="a text in that file", got=str(error)
        ) from error
