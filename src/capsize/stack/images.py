"""The images that run without Docker: the one list that both readers and the backing services go by."""

from __future__ import annotations

import re

IMAGES = {
    "postgres": r"(latest|alpine|bookworm|trixie)?|1[0-8]([.-].+)?",
    "valkey/valkey": ".*",
    "redis": ".*",
    "nats": r"(latest|alpine)?|2([.-].+)?",
    "motoserver/moto": ".*",
    "envoyproxy/envoy": r"v1([.-].+)?",
}
INSIDE = {"postgres": 5432, "valkey/valkey": 6379, "redis": 6379, "nats": 4222, "motoserver/moto": 5000}
IMAGE = re.compile(r"(?:docker\.io/)?(?:library/)?(?P<name>[^:@]+)(?::(?P<tag>[\w.-]+))?")
SUPPORTED = "postgres:18, valkey/valkey, redis, nats:2, motoserver/moto or envoyproxy/envoy:v1"


def repository(image: str) -> str | None:
    """Return the image's name without its tag; None where no part of the kit stands for it, or not for that tag."""
    parts = IMAGE.fullmatch(image)
    if not parts or not re.fullmatch(IMAGES.get(parts["name"], "(?!)"), parts["tag"] or ""):
        return None
    return parts["name"]


def inside(image: str) -> int | None:
    """Return the port at which an image's program listens in its container; None where a file of its own says so."""
    return INSIDE.get(repository(image) or "")


def differs(image: str) -> str | None:
    """Return what runs as a process for an image of another program or version; None where it is the same."""
    name, tag = repository(image), image.partition(":")[2]
    if name == "postgres" and not tag.startswith("18"):
        return "PostgreSQL 18"
    return "Valkey" if name == "redis" else None
