"""Backing services without Docker: an image's name leads to the local part that stands for it."""

from __future__ import annotations

from capsize.errors import CapsizeError
from capsize.runtime.backing.aws import Aws
from capsize.runtime.backing.envoy import Envoy
from capsize.runtime.backing.interface import Backing
from capsize.runtime.backing.nats import Nats
from capsize.runtime.backing.postgres import Postgres
from capsize.runtime.backing.valkey import Valkey

__all__ = ["Backing", "find", "supported"]

_PARTS: tuple[Backing, ...] = (Postgres(), Valkey(), Nats(), Aws(), Envoy())


def find(image: str) -> Backing:
    """Return the part that stands for an image such as ``postgres:18``. Raise CapsizeError that lists them all."""
    repository, _, tag = image.partition(":")
    for part in _PARTS:
        if repository in part.images and _is_true_to(part, tag):
            return part
    raise CapsizeError(
        f"there is no local part for the image {image!r}",
        expected=" · ".join(supported()),
        got=image,
        next="use one of these images, or run the stack in Docker: docker compose up",
    )


def supported() -> tuple[str, ...]:
    """Name the images that run without Docker, with the tag where it matters."""
    return tuple(f"{image}:{part.tags[0]}" if part.tags else f"{image}:*" for part in _PARTS for image in part.images)


def _is_true_to(part: Backing, tag: str) -> bool:
    return not part.tags or (tag or "latest").split("-")[0].split(".")[0] in part.tags
