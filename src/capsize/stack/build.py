"""What an image of somebody's own is built from. Reading the Dockerfile is for ``dockerfile``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Build:
    """A Dockerfile, with the folder, the stage and the ARGs of its build."""

    context: Path
    dockerfile: Path
    target: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
