"""What a backing service's process is started with: the Compose command's own words and a bare environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from capsize.errors import CapsizeError
from capsize.stack.model import Service

LANG = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def words(service: Service, *programs: str) -> tuple[str, ...]:
    """Return the command's words after the program's name, which the image lets one leave out before an option."""
    command = service.command
    if not command or command[0].startswith("-"):
        return command
    if command[0] in programs:
        return command[1:]
    raise CapsizeError(
        f"service {service.name}: {service.image} cannot run {command[0]!r} without Docker",
        place=service.place,
        expected=f"a command that starts with {programs[0]!r} or with an option",
    )


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the least that a process needs, with home and temporary files in its own folder."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    return {"PATH": path, "HOME": str(folder), "TMPDIR": str(folder), "LANG": LANG, **more}


def write_secret(file: Path, text: str) -> None:
    """Write a file that nobody else can read, not even for a moment."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)


def quoted(value: str) -> str:
    """Quote a value as both servers' configuration files have it: byte by byte in hex where it is not plain."""
    plain = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in value.encode())
    return f'"{"".join(plain)}"'
