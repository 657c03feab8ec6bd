"""The shop's image: by the classic builder and by BuildKit, for a user of its own, on a root that is read-only."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

import pytest
from docker.models.images import Image

import docker
from capsize.runtime.host.docker import images
from capsize.runtime.host.docker.engine import connect

LOOK = "import os, shop.serve; print(os.getuid(), os.access('/opt/shop', os.W_OK), shop.serve.__cached__)"
BUILDERS = {"classic builder": "1", "BuildKit": "2"}  # as the engine's API numbers them


@pytest.fixture(params=BUILDERS)
def builder(request: pytest.FixtureRequest) -> str:
    """One of the two that an engine has."""
    return request.param


@pytest.fixture
def image(builder: str, engine: docker.DockerClient) -> Iterator[Image]:
    """The image as this builder makes it, under a name of its own."""
    name = f"capsize-test-{uuid.uuid4().hex[:8]}"
    assert [words for words in build(name, BUILDERS[builder]) if "error" in words] == []
    yield engine.images.get(name)
    engine.images.remove(name)


def build(name: str, version: str) -> list[dict]:
    """Build as the kit does, with the wheels that are here, else with the index's; return what the builder said."""
    with contextlib.closing(connect().api) as api:
        post = api._post  # the SDK asks for the classic builder, and has no word for the other

        def numbered(url: str, params: dict, **more: object) -> object:
            return post(url, params={**params, "version": version}, **more)

        api._post = numbered
        what = {"path": str(images.ROOT), "dockerfile": images.DOCKERFILE, "tag": name, "buildargs": images.arguments()}
        return list(api.build(**what, gzip=True, rm=True, decode=True))


def test_the_image_runs_as_nobody_in_particular(engine: docker.DockerClient, builder: str, image: Image):
    """Its user is no root, and may not write to the code, which is compiled already."""
    made_by_buildkit = any("buildkit" in step["Comment"] for step in image.history())
    assert made_by_buildkit == (builder == "BuildKit")
    run = {"read_only": True, "remove": True}
    user, may_write, compiled = engine.containers.run(image, ["python", "-c", LOOK], **run).decode().split()
    assert (user, may_write) == ("10001", "False")
    assert engine.containers.run(image, ["test", "-f", compiled], **run) == b""
