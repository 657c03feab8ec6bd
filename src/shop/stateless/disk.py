"""Drawings in a folder of this copy of the shop, and the doors to it: quick, plain, and unknown to every other copy."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from shop.refusals import NotFound

router = APIRouter(prefix="/disk")
FOLDER = Path(tempfile.gettempdir()) / "drawings"


@router.put("/{name}", status_code=201)
async def receive(name: str, request: Request) -> None:
    """Take a drawing in."""
    FOLDER.mkdir(exist_ok=True)
    with _file(name).open("wb") as file:
        async for chunk in request.stream():
            file.write(chunk)


@router.get("/{name}")
def serve(name: str) -> FileResponse:
    """Give a drawing back. Raises NotFound where this copy never saw it."""
    if not _file(name).exists():
        raise NotFound(f"{os.environ.get('HOSTNAME', 'this copy')} has no drawing {name!r}")
    return FileResponse(_file(name))


def _file(name: str) -> Path:
    return FOLDER / Path(name).name
