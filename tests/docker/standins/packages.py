"""The files of Debian packages that are installed here, with all that they depend on."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

WANTED = [
    *("base-files", "bash", "dash", "coreutils", "sed", "grep", "findutils", "gzip", "tar", "hostname", "procps"),
    *("util-linux", "ca-certificates", "openssl", "tzdata", "netbase", "libc-bin", "libc6", "libgcc-s1", "libstdc++6"),
    *("libssl3", "zlib1g", "libbz2-1.0", "liblzma5", "libffi8", "libsqlite3-0", "libncursesw6", "libreadline8"),
    *("libuuid1", "libexpat1", "libcrypt1"),
]
NOT_INSIDE = {"perl-base", "dpkg", "apt", "debconf", "systemd"}
LEFT_OUT = re.compile(
    r"^/usr/share/(man|doc|locale|info|lintian|bug|doc-base|bash-completion|zsh)(/|$)|^/var/(cache|lib/dpkg)/"
)


def files() -> Iterator[Path]:
    """Yield the packages' files, each by the path that it really has (/usr/bin/sh, not /bin/sh)."""
    seen = set()
    for line in _output("dpkg", "-L", *closure(WANTED)):
        path = Path(os.path.realpath(Path(line).parent), Path(line).name)
        if (
            line.startswith("/")
            and line != "/."
            and not LEFT_OUT.search(line)
            and os.path.lexists(path)
            and path not in seen
        ):
            seen.add(path)
            yield path


def closure(wanted: list[str]) -> list[str]:
    """Return the installed ones among the packages, and those that they need."""
    needs, todo, found = _needs(), list(wanted), set()
    while todo:
        name = todo.pop()
        if name in needs and name not in found and name not in NOT_INSIDE:
            found.add(name)
            todo += [next((one for one in choice if one in needs), "") for choice in needs[name]]
    return sorted(found)


def _needs() -> dict[str, list[list[str]]]:
    """Map each installed package to what it depends on, alternatives together."""
    lines = _output("dpkg-query", "-W", "-f", "${Package}\t${db:Status-Status}\t${Pre-Depends}, ${Depends}\n")
    rows = (line.split("\t") for line in lines)
    return {name: [_names(choice) for choice in text.split(",")] for name, state, text in rows if state == "installed"}


def _names(choice: str) -> list[str]:
    return [re.sub(r"[ :(].*", "", one.strip()) for one in choice.split("|")]


def _output(*argv: str) -> list[str]:
    return subprocess.run(argv, check=True, text=True, capture_output=True).stdout.splitlines()
