"""``volumes`` of a Compose file: the named folders that services share, on disk or in memory, and who mounts what."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from capsize.stack import ignored
from capsize.stack.model import Volume
from capsize.stack.refusal import shorten
from capsize.stack.value import Value

Kind = Literal["bind", "shared", "own"]
FORMS = '"./folder:/inside", "/folder:/inside:ro" or "name:/inside"'
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}")
IGNORED = ("name", "labels")
TMPFS = {"type": "tmpfs", "device": "tmpfs"}  # the options by which Docker keeps a volume in memory
ANONYMOUS = re.compile(r"/[^:]*")  # a folder of each instance's own
WITHOUT_EFFECT = ("z", "Z", "cached", "delegated", "consistent")  # modes that matter to SELinux and to macOS' Docker
LIMITS = re.compile(r"(size|mode|uid|gid)=[0-9]+[kmg]?(,(size|mode|uid|gid)=[0-9]+[kmg]?)*")


def named_volumes(value: Value) -> dict[str, bool]:
    """Read the volumes that a file declares: each name, and whether it is kept in memory."""
    keys = value.entries()
    for name, options in keys.items():
        if not NAME.fullmatch(name):
            raise options.refuse("this cannot name a volume", expected="letters, digits, _ . -", got=shorten(name))
    return {name: options.attempt(_in_memory, False) for name, options in keys.items()}


def _in_memory(value: Value) -> bool:
    if value.is_nothing:
        return False
    keys = value.entries(("driver", "driver_opts", *IGNORED), elsewhere=("external",))
    ignored.note(keys, IGNORED, ())
    if "driver" in keys:
        keys["driver"].word(("local",))
    if "driver_opts" not in keys:
        return False
    options = keys["driver_opts"].entries((*TMPFS, "o"))
    for name, word in TMPFS.items():
        if name not in options:
            raise keys["driver_opts"].refuse(f"{name} is missing", expected=f"{name}: {word}")
        options[name].word((word,))
    if "o" in options and not LIMITS.fullmatch(options["o"].text()):
        raise options["o"].refuse("these options are not supported", expected='"size=1m,mode=0700", say')
    return True


def volumes(value: Value, *, folder: Path, named: Mapping[str, bool]) -> tuple[Volume, ...]:
    """Read a list of volumes; a relative host folder starts at ``folder``, a name must be among ``named``."""
    found: dict[str, Volume] = {}
    for item in value.items(f"a list of {FORMS}"):
        volume = item.attempt(lambda one: _short(one, folder) if one.is_text else _long(one, folder), None)
        if volume is None:
            continue
        if volume.kind == "shared" and volume.source not in named:
            words = f"the volume {shorten(volume.source)} is not declared"
            raise item.refuse(words, expected=f"{volume.source}: under the file's own volumes:, or ./ before a folder")
        if volume.target in found:
            raise item.refuse(
                f"two volumes are mounted at {shorten(volume.target)}", expected="one volume for each target"
            )
        found[volume.target] = replace(volume, in_memory=volume.kind == "shared" and named[volume.source])
    return tuple(found.values())


def _short(value: Value, folder: Path) -> Volume:
    text = value.text(FORMS)
    if ANONYMOUS.fullmatch(text):
        return _volume(value, "own", "volume-" + re.sub(r"[^\w.-]", "-", text.strip("/")), text, False, folder)
    source, _, rest = text.partition(":")
    target, _, mode = rest.partition(":")
    modes = set(mode.split(","))
    if not source or not target or not modes <= {"", "ro", "rw", *WITHOUT_EFFECT}:
        raise value.refuse("this is not a volume", expected=FORMS, got=shorten(text))
    kind: Kind = "bind" if source[0] in "./~" else "shared"
    return _volume(value, kind, source, target, "ro" in modes, folder)


def _long(value: Value, folder: Path) -> Volume:
    keys = value.entries(("type", "source", "target", "read_only", "bind", "volume", "consistency"))
    for name in ("type", "source", "target"):
        if name not in keys:
            raise value.refuse(f"{name} is missing", expected=f"type, source and target, or the short form: {FORMS}")
    kind: Kind = "bind" if keys["type"].word(("bind", "volume")) == "bind" else "shared"
    read_only = keys["read_only"].flag() if "read_only" in keys else False
    return _volume(value, kind, keys["source"].text(), keys["target"].text(), read_only, folder)


def _volume(value: Value, kind: Kind, source: str, target: str, read_only: bool, folder: Path) -> Volume:
    if not target.startswith("/"):
        raise value.refuse("the target must be a whole path", expected="a path that starts with /", got=shorten(target))
    if kind == "shared" and not NAME.fullmatch(source):
        raise value.refuse("this cannot name a volume", expected=FORMS, got=shorten(source))
    if kind == "bind":
        source = os.path.abspath(folder / os.path.expanduser(source))  # noqa: PTH100, PTH111 - neither may touch the disk
    return Volume(kind, source, os.path.normpath(target), read_only)
