"""Backing services without Docker: an image's name leads to the local part that stands for it."""

from __future__ import annotations

from capsize.errors import CapsizeError
from capsize.runtime.backing.aws import Aws
from capsize.runtime.backing.envoy import Envoy
from capsize.runtime.backing.interface import Backing
from capsize.runtime.backing.nats import Nats
from capsize.runtime.backing.postgres import Postgres
from capsize.runtime.backing.valkey import Valkey
from capsize.stack import images

__all__ = ["PARTS", "Backing", "find"]

PARTS: tuple[Backing, ...] = (Postgres(), Valkey(), Nats(), Aws(), Envoy())


def find(image: str) -> Backing:
    """Return the part that stands for an image such as ``postgres:18``. Raise CapsizeError that lists them all."""
    repository = images.repository(image)
    for part in PARTS:
        if repository in part.images:
            return part
    raise CapsizeError(
        f"there is no local part for the image {image!r}",
        expected=images.SUPPORTED,
        got=image,
        next="use one of these images, or run the stack in Docker: docker compose up",
    )
