"""The Docker engine: finding it, calling it beside the stack's loop, and its refusals in the kit's words."""

from __future__ import annotations

import functools
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread
from docker.context import ContextAPI
from docker.errors import APIError, DockerException

import docker
from capsize.errors import CapsizeError

T = TypeVar("T")
AT_ONCE = 8  # calls; more of them only wait for each other in the engine
SECONDS = 60  # that one call may take
DEFAULT = "unix:///var/run/docker.sock"


class Engine:
    """A client of the engine, whose calls run in threads."""

    def __init__(self, client: docker.DockerClient) -> None:
        self.client = client
        self.limit = anyio.CapacityLimiter(AT_ONCE)

    async def do(self, function: Callable[..., T], *args: object, **options: object) -> T:
        """Call a function of the SDK. Raise CapsizeError with the engine's words where it refuses."""
        call = functools.partial(function, *args, **options)
        try:
            return await anyio.to_thread.run_sync(call, limiter=self.limit)
        except APIError as refusal:
            raise CapsizeError("the Docker engine refused", got=refusal.explanation or str(refusal)) from refusal


def host() -> str:
    """Return where the engine is: $DOCKER_HOST, or what ``docker context use`` says."""
    named = os.environ.get("DOCKER_HOST")
    context = None if named else ContextAPI.get_current_context()
    return named or (context.Host if context else None) or DEFAULT


def connect(seconds: float = SECONDS) -> docker.DockerClient:
    """Return a client of the engine. Raise CapsizeError with what to do where none answers."""
    try:
        knock(host(), seconds)
        return docker.DockerClient(base_url=host(), version="auto", timeout=int(seconds), max_pool_size=64)
    except (DockerException, OSError) as error:
        raise CapsizeError(
            "no Docker engine answers, and --on docker needs one",
            expected=f"an engine at {host()}",
            got=str(error),
            next=remedy(error),
        ) from error


def knock(at: str, seconds: float) -> None:
    """Connect to a local engine's socket and hang up; the SDK would leave a socket open where nobody answers."""
    if at.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(seconds)
            caller.connect(str(Path(at.removeprefix("unix://"))))


def remedy(error: BaseException) -> str:
    """Say what to type where the engine is not there, or not for you."""
    if isinstance(error, PermissionError):
        return "sudo usermod -aG docker $USER, and log in again"
    return "start Docker, then: docker version; or run it without: leave out --on docker"
