"""The Docker engine: finding it, calling it beside the stack's loop, and its refusals in the kit's words.

Imports the SDK when it is needed: it takes a third of a second that a machine without an engine need not spend.
"""

from __future__ import annotations

import functools
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

from capsize.errors import CapsizeError

if TYPE_CHECKING:
    import docker

T = TypeVar("T")
AT_ONCE = 8  # calls; more of them only wait for each other in the engine
SECONDS = 60  # that one call may take
DEFAULT = "unix:///var/run/docker.sock"
JOIN = "sudo usermod -aG docker $USER, and log in again"
START = "start Docker, then: docker version"


class Engine:
    """A client of the engine, whose calls run in threads."""

    def __init__(self, client: docker.DockerClient) -> None:
        self.client = client
        self.limit = anyio.CapacityLimiter(AT_ONCE)

    async def do(self, function: Callable[..., T], *args: object, **options: object) -> T:
        """Call a function of the SDK. Raise CapsizeError with the engine's words where it refuses."""
        from docker.errors import APIError

        call = functools.partial(function, *args, **options)
        try:
            return await anyio.to_thread.run_sync(call, limiter=self.limit)
        except APIError as refusal:
            raise CapsizeError("the Docker engine refused", got=refusal.explanation or str(refusal)) from refusal


def host() -> str:
    """Return where the engine is: $DOCKER_HOST, or what ``docker context use`` says."""
    settings = Path(os.environ.get("DOCKER_CONFIG", "~/.docker"), "config.json").expanduser()
    if "DOCKER_HOST" in os.environ or not settings.exists():
        return os.environ.get("DOCKER_HOST") or DEFAULT
    from docker.context import ContextAPI

    context = ContextAPI.get_current_context()
    return (context.Host if context else None) or DEFAULT


def connect(seconds: float = SECONDS, at: str | None = None) -> docker.DockerClient:
    """Return a client of the engine. Raise CapsizeError with what to do where none answers."""
    at = at or host()
    try:
        _knock(at, seconds)
        from docker import DockerClient

        return DockerClient(base_url=at, version="auto", timeout=int(seconds), max_pool_size=64)
    except Exception as error:  # the SDK lets errors of many libraries through; all mean the same
        forbidden = isinstance(error, PermissionError)
        raise CapsizeError(
            "no permission to use the Docker engine" if forbidden else "no Docker engine answers",
            expected=f"an engine at {at}",
            got=str(error),
            next=f"{JOIN if forbidden else START}; or run processes: leave out --on docker",
        ) from error


def _knock(at: str, seconds: float) -> None:
    """Connect to a local engine's socket and hang up; the SDK would leave a socket open where nobody answers."""
    if at.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(seconds)
            caller.connect(at.removeprefix("unix://"))
