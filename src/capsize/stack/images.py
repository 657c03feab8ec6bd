"""The images that run without Docker: the one table that both readers and the backing services go by."""

from __future__ import annotations

import re
from dataclasses import dataclass

GATEWAY = "envoyproxy/envoy"
IMAGE = re.compile(r"(?:docker\.io/)?(?:library/)?(?P<name>[^:@]+)(?::(?P<tag>[\w.-]+))?")


@dataclass(frozen=True)
class Image:
    """An image that the kit stands for: ``tags`` it does so for, as a pattern, and how the table shows it.

    Its program listens at ``port`` in its container, where a file of its own does not say so, and is called by the
    ``schemes`` of a URL. As a process it is ``program`` where a tag does not fit ``same``.
    """

    name: str
    tags: str
    shown: str
    port: int | None = None
    schemes: tuple[str, ...] = ()
    program: str = ""
    same: str = ".*"


POSTGRES_TAGS = r"(latest|alpine|bookworm|trixie)?|1[0-8]([.-].+)?"
REDIS = ("redis", "rediss", "valkey", "valkeys")
IMAGES = {
    image.name: image
    for image in (
        Image("postgres", POSTGRES_TAGS, "postgres:18", 5432, ("postgresql", "postgres"), "PostgreSQL 18", "18.*"),
        Image("valkey/valkey", ".*", "valkey/valkey", 6379, REDIS),
        Image("redis", ".*", "redis", 6379, REDIS, "Valkey", "(?!)"),
        Image("nats", r"(latest|alpine)?|2([.-].+)?", "nats:2", 4222, ("nats", "tls")),
        Image("motoserver/moto", ".*", "motoserver/moto", 5000),
        Image(GATEWAY, r"v1([.-].+)?", "envoyproxy/envoy:v1"),
    )
}
SUPPORTED = " or ".join(
    [", ".join(image.shown for image in IMAGES.values() if image.name != GATEWAY), IMAGES[GATEWAY].shown]
)
DEFAULT_PORTS = {scheme: image.port for image in IMAGES.values() if image.port for scheme in image.schemes}


def repository(image: str) -> str | None:
    """Return the image's name without its tag; None where no part of the kit stands for it, or not for that tag."""
    parts = IMAGE.fullmatch(image)
    known = IMAGES.get(parts["name"]) if parts else None
    return known.name if parts and known and re.fullmatch(known.tags, parts["tag"] or "") else None


def inside(image: str) -> int | None:
    """Return the port at which an image's program listens in its container; None where a file of its own says so."""
    name = repository(image)
    return IMAGES[name].port if name else None


def differs(image: str) -> str | None:
    """Return what runs as a process for an image of another program or version; None where it is the same."""
    name, tag = repository(image), image.partition(":")[2]
    known = IMAGES[name] if name else None
    return known.program if known and not re.fullmatch(known.same, tag) else None
