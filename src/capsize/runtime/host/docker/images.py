"""The images of a stack's containers: the shop's, built from docker/Dockerfile, and those of the parts."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from docker.errors import APIError, BuildError, ImageNotFound

import docker
from capsize.errors import CapsizeError
from capsize.stack.model import Stack

SHOP, ENVOY = "capsize-shop", "envoyproxy/envoy:v1.40.0"
SOURCES = "capsize.sources"  # the label that says what an image was built from
ROOT = Path(__file__).resolve().parents[5]
DOCKERFILE = "docker/Dockerfile"
PARTS = (DOCKERFILE, "docker/requirements.txt", "src/shop")
BASE = "CAPSIZE_BASE_IMAGE"  # names another image to build the shop's from than python:3.12-slim


def of(stack: Stack) -> set[str]:
    """List the images that a stack's file names."""
    return {service.image for service in stack.services.values() if service.image}


def provide(client: docker.DockerClient, others: Iterable[str]) -> str:
    """Have the shop's image, Envoy's and the others here: build and fetch what is not. Blocks; says what it does.

    Return the shop's image by its own name: another folder of the course may give the tag to one of its own.
    """
    for name in sorted({ENVOY, *others}):
        _fetch(client, name)
    wanted = fingerprint(ROOT)
    if _label(client) != wanted:
        _build(client, wanted)
    return str(client.images.get(SHOP).id)


def fingerprint(root: Path) -> str:
    """Return what tells one state of the shop's sources from another."""
    files = (file for part in PARTS for file in [root / part, *sorted((root / part).rglob("*"))] if file.is_file())
    whole = hashlib.sha256(os.environ.get(BASE, "").encode())
    for file in files:
        if "__pycache__" not in file.parts:
            whole.update(f"{file.relative_to(root)}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return whole.hexdigest()[:16]


def _label(client: docker.DockerClient) -> str | None:
    try:
        return client.images.get(SHOP).labels.get(SOURCES)
    except ImageNotFound:
        return None


def _fetch(client: docker.DockerClient, name: str) -> None:
    try:
        client.images.get(name)
        return
    except ImageNotFound:
        _say(f"Fetching {name}")
    try:
        client.images.pull(*name.rsplit(":", 1) if ":" in name else (name, "latest"))
    except APIError as error:
        raise CapsizeError(
            f"the image {name} is not here and cannot be fetched",
            got=error.explanation or str(error),
            next=f"with a network: docker pull {name}; without one: capsize up runs processes, and needs no image",
        ) from error


def arguments() -> dict[str, str]:
    """Return what the Dockerfile's ARGs are here: another base image, and no index where wheels are at hand."""
    base = {"BASE_IMAGE": os.environ[BASE]} if BASE in os.environ else {}
    offline = {"PIP_NO_INDEX": "1"} if (ROOT / "docker" / "wheelhouse").is_dir() else {}
    return base | offline


def _build(client: docker.DockerClient, wanted: str) -> None:
    _say(f"Building {SHOP} from {DOCKERFILE}: once, and again when src/shop changes")
    given = arguments()
    try:
        client.images.build(
            path=str(ROOT),
            dockerfile=DOCKERFILE,
            tag=SHOP,
            buildargs=given,
            network_mode="none" if "PIP_NO_INDEX" in given else None,
            labels={SOURCES: wanted},
            rm=True,
            forcerm=True,
        )
    except (BuildError, APIError, TypeError) as error:
        lines = [
            str(step.get("stream") or step.get("error") or "").rstrip() for step in getattr(error, "build_log", ())
        ]
        raise CapsizeError(
            f"{SHOP} cannot be built",
            got=str(error),
            evidence=[line for line in lines if line][-5:],
            next=f"see it fail: docker build -f {DOCKERFILE} {ROOT}",
        ) from error


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
