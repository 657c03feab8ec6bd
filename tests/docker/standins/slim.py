"""A stand-in for python:3.12-slim, made of this Debian's installed packages and of the interpreter that runs this."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import layer
import packages

LABEL = "capsize.standin"
SMALLER = re.compile(
    r"/(__pycache__|test|tests|idlelib|turtledemo|tkinter|lib2to3|site-packages|share|include|config-3[^/]*)(/|$)|\.(pyc|a)$|_tkinter"
)
ENVIRONMENT = ("PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8")
COMPILED = "FROM {raw}\nRUN ldconfig && python -m compileall -q -j0 /usr/local/lib\n"


def make(name: str, _folder: Path) -> None:
    """Import the files, then compile what Python will import: a service starts twice as fast."""
    raw = f"{name}-uncompiled"
    changes = [f"ENV {line}" for line in ENVIRONMENT] + ['CMD ["python3"]', f"LABEL {LABEL}={name}"]
    options = [word for change in changes for word in ("--change", change)]
    with subprocess.Popen(
        ["docker", "import", *options, "-", raw], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as engine:
        assert engine.stdin
        _write(engine.stdin)
        engine.stdin.close()
    if engine.returncode:
        raise SystemExit(f"docker import ended with {engine.returncode}")
    subprocess.run(["docker", "build", "--quiet", "-t", name, "-"], input=COMPILED.format(raw=raw).encode(), check=True)


def is_standin(name: str) -> bool:
    """Say whether an image of that name was made here."""
    asked = ["docker", "image", "inspect", "--format", f'{{{{index .Config.Labels "{LABEL}"}}}}', name]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip() not in ("", "<no value>")


def _write(into: IO[bytes]) -> None:
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.GNU_FORMAT) as tar:
        files = layer.Layer(tar)
        files.skeleton()
        for path in packages.files():
            files.add(path, path)
        for path in _interpreter(Path(sys.base_prefix)):
            files.add(path, f"/usr/local/{path.relative_to(sys.base_prefix)}", is_stripped=path.name.find(".so") > 0)


def _interpreter(prefix: Path) -> Iterator[Path]:
    if prefix == Path("/usr"):
        raise SystemExit("this needs an interpreter with a prefix of its own, as uv, pyenv and python.org install it")
    for root, folders, names in os.walk(prefix):
        here = Path(root)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [name for name in folders if not SMALLER.search(f"/{name}") or name == "site-packages"]
        if here.name == "site-packages":
            folders[:] = [name for name in folders if re.match(r"pip(-|$)", name)]
            continue
        yield from (here / name for name in [*names, *links] if not SMALLER.search(f"/{name}"))
