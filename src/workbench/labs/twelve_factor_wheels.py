"""Wheels of what is installed here, so that a fresh environment can be made of them without a network."""

from __future__ import annotations

import contextlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

NAMES = (  # what somebody may declare for the shop, and what that needs
    *("starlette", "uvicorn", "asyncpg", "anyio", "idna", "sniffio", "click", "h11", "typing-extensions"),
    *("async-timeout", "httptools", "uvloop", "watchfiles", "websockets", "python-dotenv", "pyyaml", "redis"),
    *("fastapi", "pydantic", "pydantic-core", "annotated-types", "annotated-doc", "typing-inspection"),
    *("opentelemetry-api",),
)
VARIABLES = ("UV_FIND_LINKS", "PIP_FIND_LINKS")
NOT_IN_WHEELS = ("INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")


@contextlib.contextmanager
def wheels() -> Iterator[Path]:
    """Have uv and pip find wheels of this environment's packages for a while, beside what they find anyway."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    with tempfile.TemporaryDirectory(prefix="wheels-") as folder:
        for name in NAMES:
            with contextlib.suppress(PackageNotFoundError):
                pack(distribution(name), Path(folder))
        os.environ.update(dict.fromkeys(VARIABLES, folder))
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                os.environ.update({name: value} if value is not None else {})


def pack(installed: Distribution, folder: Path) -> Path:
    """Pack the files of an installed package into a wheel."""
    files = [file for file in installed.files or () if _belongs(file.parts)]
    info = next(file.parts[0] for file in files if file.parts[0].endswith(".dist-info"))
    words = Path(str(installed.locate_file(f"{info}/WHEEL"))).read_text(encoding="utf-8").splitlines()
    tags = [line.removeprefix("Tag: ") for line in words if line.startswith("Tag: ")]
    wheel = folder / f"{info.removesuffix('.dist-info')}-{tags[-1]}.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for file in files:
            packed.write(str(file.locate()), str(file))
    return wheel


def _belongs(parts: tuple[str, ...]) -> bool:
    return parts[0] != ".." and "__pycache__" not in parts and parts[-1] not in NOT_IN_WHEELS
